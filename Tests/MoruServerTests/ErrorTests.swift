import Foundation
import MoruServer
import MoruTensors
import Testing

@Suite struct ErrorTests {
  /// A request that is wrong, and what the answer must be.
  struct Wrong: CustomTestStringConvertible, Sendable {
    var method = "POST"
    var path = "/v1/models/digits:predict"
    var body = ""
    var contentType: String? = "application/json"
    let status: Int
    let says: String
    var testDescription: String { "\(method) \(path) \(body.prefix(60))" }
  }

  static let addresses: [Wrong] = [
    Wrong(method: "GET", path: "/nothing", status: 404, says: "There is nothing at '/nothing'."),
    Wrong(method: "GET", path: "/v1/models", status: 404, says: "GET /openapi.json lists"),
    Wrong(method: "GET", path: "/v1/models/digits:classify", status: 404, says: "nothing at"),
    Wrong(method: "GET", path: "/v2/models/%FF", status: 404, says: "nothing at"),
    Wrong(
      method: "GET", path: "/v1/models/digit", status: 404,
      says: "There is no model 'digit'. Did you mean 'digits'?"),
    Wrong(
      path: "/v2/models/animals/infer", body: "{}", status: 404,
      says: "There is no model 'animals'. Served are: digits."),
    Wrong(
      path: "/v1/models/digits/versions/9:predict", body: "{}", status: 404,
      says: "Model 'digits' has no version '9'. Served are: 1."),
    Wrong(
      method: "GET", path: "/v1/models/digits:predict", status: 405,
      says: "GET is not possible here. Use POST."),
    Wrong(method: "DELETE", path: "/", status: 405, says: "Use GET, HEAD."),
    Wrong(body: "{}", contentType: "text/plain", status: 415, says: "not 'text/plain'"),
    Wrong(body: "{}", contentType: nil, status: 415, says: "Send the header Content-Type"),
  ]

  static let texts: [Wrong] = [
    Wrong(body: "", status: 400, says: "line 1, column 1, expected a value"),
    Wrong(body: "{\"instances\":\n [1, }", status: 400, says: "line 2, column 6, expected a value"),
    Wrong(body: "{\"instances\": [NaN]}", status: 400, says: "NaN and Infinity are not JSON"),
    Wrong(body: "{\"instances\": [-Infinity]}", status: 400, says: "expected a digit"),
    Wrong(body: "{\"instances\": [1e999]}", status: 400, says: "within the range of Float64"),
    Wrong(body: "{\"instances\": [01]}", status: 400, says: "without a leading zero"),
    Wrong(body: "{\"instances\": [1.]}", status: 400, says: "expected a digit"),
    Wrong(body: "{\"a\":1,\"a\":2}", status: 400, says: "expected each name once"),
    Wrong(body: "{} {}", status: 400, says: "expected nothing after the value"),
    Wrong(body: "\"\\ud800\"", status: 400, says: "second half of a surrogate pair"),
    Wrong(body: "\"\\x\"", status: 400, says: "an escape that JSON has"),
    Wrong(body: "\"a\u{1}\"", status: 400, says: "no control character"),
    Wrong(body: "\"abc", status: 400, says: "a closing quotation mark"),
    Wrong(body: "tru", status: 400, says: "expected 'true'"),
    Wrong(
      body: String(repeating: "[", count: 1_000_000), status: 400,
      says: "deeper than 64 levels"),
    Wrong(
      body: String(repeating: "{\"a\":", count: 200_000), status: 400,
      says: "deeper than 64 levels"),
  ]

  static let predictions: [Wrong] = [
    Wrong(body: "[]", status: 400, says: "an object with either 'instances' or 'inputs'"),
    Wrong(body: "{}", status: 400, says: "'instances' is missing in the body."),
    Wrong(body: "{\"instance\": []}", status: 400, says: "Did you mean 'instances'?"),
    Wrong(body: "{\"instances\": [], \"inputs\": []}", status: 400, says: "not both"),
    Wrong(body: "{\"instances\": 3}", status: 400, says: "a list of samples, not a number"),
    Wrong(
      body: "{\"instances\": [[1, 2]]}", status: 400,
      says: "must be of shape [batch, 8, 8, 1], not of shape [1, 2]"),
    Wrong(body: "{\"instances\": [[1, 2], [3]]}", status: 400, says: "not uneven nesting"),
    Wrong(body: "{\"instances\": [[\"a\"]]}", status: 400, says: "must be numbers, not a string"),
    Wrong(
      body:
        "{\"instances\": [\(nested([Float](repeating: 1e38, count: 64)).replacing("+38", with: "+39"))]}",
      status: 400, says: "Pass finite numbers."),
    Wrong(
      body: "{\"instances\": [{\"inptu\": [1]}]}", status: 400, says: "numbers f32[batch, 8, 8, 1]"),
    Wrong(body: "{\"instances\": [{\"b64\": \"!\"}]}", status: 400, says: "instances[0] must be"),
    Wrong(
      body: "{\"instances\": [{\"b64\": \"aGVsbG8=\"}]}", status: 400,
      says: "instances[0]: this is no PNG, JPEG, WebP or TIFF picture"),
    Wrong(body: "{\"signature_name\": \"x\"}", status: 400, says: "'serving_default'"),
  ]

  static func infer(_ body: String, _ says: String) -> Wrong {
    Wrong(path: "/v2/models/digits/infer", body: body, status: 400, says: says)
  }

  static let inferences: [Wrong] = [
    infer("{}", "'inputs' is missing in the body."),
    infer("{\"id\": 7, \"inputs\": []}", "'id' must be a string, not a number."),
    infer("{\"input\": []}", "'input' means nothing in the body. Did you mean 'inputs'?"),
    infer("{\"inputs\": [{}]}", "'name' is missing in inputs[0]."),
    infer(
      "{\"inputs\": [{\"name\": \"input\"}]}",
      "one of FP32, FP64, BF16, INT32, INT64, INT8, UINT8, BOOL"),
    infer(tensor("FP16", "[1]", "[1]"), "inputs[0].datatype must be one of FP32"),
    infer(tensor("FP32", "[1, -1]", "[1]"), "inputs[0].shape must be a list of whole numbers"),
    infer(tensor("FP32", "[2]", "[1]"), "of the stated shape [2], not 1 values."),
    infer(tensor("FP32", "[4294967296, 4294967296]", "[1]"), "not 1 values."),
    infer(tensor("FP32", "[1, 2]", "[[1], [2]]"), "not of shape [2, 1]."),
    infer(tensor("INT32", "[1]", "[1.5]"), "whole numbers from -2147483648 to 2147483647"),
    infer(tensor("UINT8", "[1]", "[256]"), "whole numbers from 0 to 255, not a number out of"),
    infer(tensor("BOOL", "[1]", "[1]"), "must be true or false, not a number."),
    infer(tensor("FP32", "[1, 4]", "[1, 2, 3, 4]"), "must be of shape [batch, 8, 8, 1]"),
    infer(
      tensor(
        "FP64", "[1, 8, 8, 1]", "[\(Array(repeating: "0.1", count: 64).joined(separator: ","))]"),
      "a value of type float64 that float32 cannot hold unchanged"),
    infer(tensor("FP32", "[0, 8, 8, 1]", "[]", name: "imput"), "Did you mean 'input'?"),
    infer(
      tensor("FP32", "[0, 8, 8, 1]", "[]", more: ",\"outputs\":[{\"name\":\"ouput\"}]"),
      "There is no output 'ouput'. Did you mean 'output'?"),
  ]

  static func tensor(
    _ type: String, _ shape: String, _ data: String, name: String = "input", more: String = ""
  ) -> String {
    #"{"inputs":[{"name":"\#(name)","datatype":"\#(type)","shape":\#(shape),"data":\#(data)}]\#(more)}"#
  }

  @Test(arguments: [addresses, texts, predictions, inferences])
  func wrongRequestsAreRefusedWithWhatWasExpected(_ requests: [Wrong]) async throws {
    try await serving(["digits": pictureModel()]) { client in
      for wrong in requests {
        let answer = try await client.send(
          wrong.method, wrong.path, wrong.method == "POST" ? Data(wrong.body.utf8) : nil,
          contentType: wrong.contentType)
        #expect(answer.status == wrong.status, "\(wrong.testDescription): \(answer.text)")
        let message = answer.error ?? ""
        #expect(message.contains(wrong.says), "\(wrong.testDescription): \(message)")
      }
      // None of them has hurt the server.
      #expect(try await client.get("/v2/health/ready").status == 200)
    }
  }

  @Test func refusalsCarryTheHeadersThatClientsNeed() async throws {
    try await serving(["digits": pictureModel()]) { client in
      let method = try await client.get("/v2/models/digits/infer")
      #expect(method.headers["allow"] == "POST")
      let type = try await client.post("/v2/models/digits/infer", "x", contentType: "text/csv")
      #expect(type.headers["accept"] == "application/json")
      let charset = try await client.post(
        "/v1/models/digits:predict", "{\"instances\":[]}",
        contentType: "Application/JSON; charset=utf-8")
      #expect(charset.text == "{\"predictions\":[]}")
    }
  }

  @Test func textThatIsNotUTF8IsRefused() async throws {
    try await serving(["digits": pictureModel()]) { client in
      let answer = try await client.send(
        "POST", "/v1/models/digits:predict", Data([0x22, 0xFF, 0x22]),
        contentType: "application/json")
      #expect(answer.status == 400)
      #expect(answer.error == "The body is not UTF-8. Send JSON in UTF-8.")
    }
  }

  @Test func bodiesBeyondTheLimitAreRefusedWhetherAnnouncedOrNot() async throws {
    let limits = ServerLimits(bodyBytes: 1000)
    try await serving(["digits": pictureModel()], limits: limits) { client in
      let says = "The body is larger than 1000 bytes. Send fewer samples in each request."
      let announced = try await client.post(
        "/v1/models/digits:predict", String(repeating: " ", count: 1001))
      #expect(announced.status == 413)
      #expect(announced.error == says)
      let chunked = try await client.connected { connection in
        try connection.send(
          Array(
            ("POST /v1/models/digits:predict HTTP/1.1\r\nHost: x\r\n"
              + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").utf8))
        for _ in 0..<3 {
          try connection.send(Array(("190\r\n" + String(repeating: " ", count: 400) + "\r\n").utf8))
        }
        return try connection.receive()
      }
      #expect(chunked?.status == 413)
      #expect(chunked?.error == says)
      let fitting = try await client.post(
        "/v1/models/digits:predict",
        "{\"instances\":[]}" + String(repeating: " ", count: 984))
      #expect(fitting.status == 200)
    }
  }

  @Test func aBodyThatDoesNotComeIsNotWaitedForLong() async throws {
    let limits = ServerLimits(time: .milliseconds(50))
    try await serving(["digits": pictureModel()], limits: limits) { client in
      let answer = try await client.connected { connection in
        try connection.send(
          Array(
            ("POST /v1/models/digits:predict HTTP/1.1\r\nHost: x\r\n"
              + "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{").utf8))
        return try connection.receive()
      }
      #expect(answer?.status == 408)
      #expect(answer?.error?.contains("longer than 0.05 seconds") == true)
    }
  }

  @Test func whatIsNotHTTPEndsTheConnectionAndNothingElse() async throws {
    try await serving(["digits": pictureModel()]) { client in
      let answer = try await client.connected { connection in
        try connection.send(Array("\0\0\0 this is not HTTP\r\n\r\n".utf8))
        return try connection.receive()
      }
      #expect(answer == nil || answer?.status == 400)
      #expect(try await client.get("/v2/health/live").status == 200)
    }
  }
}
