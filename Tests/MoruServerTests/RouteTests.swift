import Foundation
import MoruArchive
import MoruData
import MoruLayers
import MoruMetrics
import MoruModels
import MoruServer
import MoruServing
import MoruTensors
import Testing

@Suite struct RouteTests {
  @Test func theServerTellsWhatItIsAndHas() async throws {
    try await serving(["digits": pictureModel()]) { client in
      let server = try await client.get("/v2")
      #expect(server.text == #"{"name":"moru","version":"0.1.0","extensions":[]}"#)
      #expect(server.headers["content-type"] == "application/json")
      #expect(try await client.get("/v2/health/live").text == #"{"live":true}"#)
      #expect(try await client.get("/v2/health/ready").text == #"{"ready":true}"#)
      #expect(
        try await client.get("/v1/models/digits").text
          == #"{"model_version_status":[{"version":"1","state":"AVAILABLE","#
          + #""status":{"error_code":"OK","error_message":""}}]}"#)
      let metadata =
        #"{"name":"digits","versions":["1"],"platform":"moru","#
        + #""inputs":[{"name":"input","datatype":"FP32","shape":[-1,8,8,1]}],"#
        + #""outputs":[{"name":"output","datatype":"FP32","shape":[-1,10]}]}"#
      #expect(try await client.get("/v2/models/digits").text == metadata)
      #expect(try await client.get("/v2/models/digits/versions/1").text == metadata)
      let ready = #"{"name":"digits","ready":true}"#
      #expect(try await client.get("/v2/models/digits/ready").text == ready)
      #expect(try await client.get("/v2/models/digits/versions/1/ready/").text == ready)
      let (head, next) = try await client.connected { connection in
        try connection.send(
          Client.request("HEAD", "/v2") + Client.request("GET", "/v2/health/live"))
        return (try connection.receive(isHead: true), try connection.receive())
      }
      #expect(head?.status == 200)
      #expect(head?.headers["content-type"] == "application/json")
      #expect(next?.text == #"{"live":true}"#)
    }
  }

  @Test func labelsComeWithTheirThresholds() async throws {
    let input = ModelInput(
      name: "input", dtype: .float32, shape: [2], content: InputContent())
    let output = ModelOutput(
      name: "tags", dtype: .float32, shape: [2], meaning: .labelSet(labels: ["near", "far"]))
    let tagger = try model(Dense(2, activation: .sigmoid), [input], [output])
      .with(thresholds: LabelThresholds([0.25, 0.75]))
    try await serving(["tagger": tagger]) { client in
      let answer = try await client.post(
        "/v2/models/tagger/infer",
        #"{"inputs":[{"name":"input","shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#)
      #expect(
        answer.text.contains(#""parameters":{"threshold.near":0.25,"threshold.far":0.75}"#),
        "\(answer.text)")
      #expect(
        try await client.get("/openapi.json").text
          .contains("which is given: near above 0.25, far above 0.75"))
      #expect(try await client.get("/").text.contains(#""thresholds":[0.25,0.75]"#))
    }
  }

  @Test func theSamePictureGivesTheSameBitsEverywhere() async throws {
    try await serving(["digits": pictureModel()]) { client in
      for number in 0..<5 {
        let expected = try await predicted(picture(number))
        let json = nested(picture(number))
        let rows = try await client.post("/v1/models/digits:predict", "{\"instances\":[\(json)]}")
        #expect(try rows.floats(after: "predictions") == expected)
        // In Float32's own shortest form: 0.1, and not 0.10000000149.
        #expect(expected.allSatisfy { rows.text.contains("\($0)") })
        let named = try await client.post(
          "/v1/models/digits/versions/1:predict", "{\"instances\":[{\"input\":\(json)}]}")
        #expect(named.text == rows.text)
        for columns in ["[\(json)]", "{\"input\":[\(json)]}"] {
          let answer = try await client.post(
            "/v1/models/digits:predict", "{\"inputs\":\(columns)}")
          #expect(try answer.floats(after: "outputs") == expected)
        }
        let flat = picture(number).map { "\($0)" }.joined(separator: ",")
        let whole = picture(number).map { "\(Int($0))" }.joined(separator: ",")
        for (type, data) in [
          ("FP32", "[\(json)]"), ("FP32", "[\(flat)]"), ("UINT8", "[\(whole)]"),
          ("INT64", "[\(flat)]"), ("FP64", "[\(flat)]"), ("INT32", "[\(whole)]"),
        ] {
          let answer = try await client.post(
            "/v2/models/digits/infer",
            #"{"id":"a7","inputs":[{"name":"input","shape":[1,8,8,1],"datatype":"\#(type)","#
              + #""data":\#(data)}],"outputs":[{"name":"output"}]}"#)
          #expect(answer.status == 200, "\(answer.text)")
          #expect(answer["id"] as? String == "a7")
          #expect(answer["model_version"] as? String == "1")
          #expect(try answer.floats(after: "data") == expected)
        }
      }
    }
  }

  @Test func aFullBatchAgreesWithEachPictureAlone() async throws {
    try await serving(["digits": pictureModel()]) { client in
      let instances = (0..<64).map { nested(picture($0)) }.joined(separator: ",")
      let answer = try await client.post(
        "/v1/models/digits:predict", "{\"instances\":[\(instances)]}")
      let found = try answer.floats(after: "predictions")
      #expect(found.count == 640)
      for number in 0..<64 {
        let alone = try await predicted(picture(number))
        for (one, other) in zip(found[number * 10..<number * 10 + 10], alone) {
          #expect(abs(one - other) <= 1e-6)
        }
      }
    }
  }

  @Test func picturesAreDecodedAsEverywhereElse() async throws {
    let bytes = (0..<20 * 10).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let image = try HostTensor(bytes, shape: [20, 10, 1])
    let model = try pictureModel()
    let expected = try await Predictor(model)
      .predict([model.signature.inputs[0].encode(image: image)])[0].array(of: Float.self)
    let png = try ImageFile.pngData(image).base64EncodedString()
    try await serving(["digits": model]) { client in
      let answer = try await client.post(
        "/v1/models/digits:predict", #"{"instances":[{"b64":"\#(png)"}]}"#)
      #expect(try answer.floats(after: "predictions") == expected)
    }
  }

  @Test func rowsAndColumnsOfTablesAreEncoded() async throws {
    try await serving(["prices": tableModel()]) { client in
      let rows = try await client.post(
        "/v1/models/prices:predict",
        #"{"instances":[{"size":1.5,"colour":"red"},{"size":2,"colour":"blue"}]}"#)
      let columns = try await client.post(
        "/v1/models/prices:predict", #"{"inputs":{"size":[1.5,2],"colour":["red","blue"]}}"#)
      let numbers = try await client.post(
        "/v1/models/prices:predict", #"{"instances":[[1.5,0,1],[2,1,0]]}"#)
      let expected = try rows.floats(after: "predictions")
      #expect(expected.count == 2)
      #expect(try columns.floats(after: "outputs") == expected)
      #expect(try numbers.floats(after: "predictions") == expected)
      let unknown = try await client.post(
        "/v1/models/prices:predict", #"{"instances":[{"size":1.5,"color":"red"}]}"#)
      #expect(unknown.status == 400)
      #expect(
        unknown.error == "instances: there is no column 'color'. Did you mean 'colour'?")
      let category = try await client.post(
        "/v1/models/prices:predict", #"{"instances":[{"size":1.5,"colour":"pink"}]}"#)
      #expect(category.status == 400)
      #expect(category.error?.contains("'colour' holds a value that is none of the 2") == true)
    }
  }

  @Test func metricsCountWhatWasAsked() async throws {
    try await serving(["digits": pictureModel()]) { client in
      for _ in 0..<3 {
        _ = try await client.post(
          "/v1/models/digits:predict", "{\"instances\":[\(nested(picture(1)))]}")
      }
      _ = try await client.post("/v1/models/digits:predict", "{")
      let lines = try await client.get("/metrics").text.split(separator: "\n").map(String.init)
      for line in [
        #"moru_http_responses_total{status="200"} 3"#,
        #"moru_http_responses_total{status="400"} 1"#,
        #"moru_requests_total{model="digits",version="1"} 4"#,
        #"moru_request_errors_total{model="digits",version="1"} 1"#,
        #"moru_samples_total{model="digits",version="1"} 3"#,
        #"moru_prediction_duration_seconds_bucket{model="digits",version="1",le="+Inf"} 3"#,
        #"moru_prediction_duration_seconds_count{model="digits",version="1"} 3"#,
        #"moru_batch_samples_bucket{model="digits",version="1",le="1"} 3"#,
        #"moru_model_ready{model="digits",version="1"} 1"#,
        "# TYPE moru_prediction_duration_seconds histogram",
      ] { #expect(lines.contains(line), "\(line)") }
    }
  }

  @Test func theDescriptionNamesEveryRouteAndNoOther() async throws {
    try await serving(["digits": pictureModel(), "prices": tableModel()]) { client in
      let document = try await client.get("/openapi.json")
      #expect(document["openapi"] as? String == "3.1.0")
      let paths = try #require(document["paths"] as? [String: [String: Any]])
      #expect(paths.count == 6 + 2 * 10)
      for (path, operations) in paths {
        for (method, operation) in operations {
          let body = method == "post" ? "{}" : nil
          let answer = try await client.send(
            method.uppercased(), path, body.map { Data($0.utf8) }, contentType: "application/json")
          #expect(method == "post" ? answer.status == 400 : answer.status == 200, "\(path)")
          let responses = (operation as? [String: Any])?["responses"] as? [String: Any]
          #expect(responses?["\(answer.status)"] != nil)
        }
      }
    }
  }

  @Test func thePageIsSelfContained() async throws {
    try await serving(["digits": pictureModel(), "prices": tableModel()]) { client in
      let page = try await client.get("/")
      #expect(page.status == 200)
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      let policy = try #require(page.headers["content-security-policy"])
      let nonce = try #require(policy.firstMatch(of: #/'nonce-([^']+)'/#)?.1)
      #expect(page.text.contains("<script nonce=\"\(nonce)\">"))
      #expect(!page.text.contains("{{"))
      #expect(!page.text.contains("http://") || page.text.contains("http://www.w3.org/2000/svg"))
      #expect(!page.text.contains("src="))
      #expect(page.text.contains(#""choices":["blue","red"]"#))
    }
  }
}
