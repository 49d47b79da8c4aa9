import Foundation
import MoruData
import MoruGraph
import MoruLayers
import MoruModels
import MoruServer
import MoruTensors
import Testing

/// Texts of up to four words: `[batch, 4] → [batch, 2]`.
private func textModel() throws -> TrainedModel {
  let vectorization = try TextVectorization(outputSequenceLength: 4)
    .adapted(to: ["good film", "bad film", "정말 좋은 영화"])
  let data = try Dataset.texts(["good"], vectorization: vectorization, name: "review")
  let input = ModelInput(
    name: "input", dtype: .int32, shape: [4], content: InputContent(table: data.encoding))
  let output = ModelOutput(
    name: "output", dtype: .float32, shape: [2],
    meaning: .probabilities(labels: ["bad", "good"]))
  let layer = Sequential {
    Embedding(vectorization.vocabulary.count, 3)
    Flatten()
    Dense(2, activation: .softmax)
  }
  return try model(layer, [input], [output])
}

@Suite struct TextTests {
  @Test func aTextGetsTheSameBitsInEveryForm() async throws {
    let texts = ["a good film!", "정말 영화", ""]
    let model = try textModel()
    let input = model.signature.inputs[0]
    let expected = try await Predictor(model).predict([
      input.encode(texts: texts, source: "test")
    ])[0].array(of: Float.self)
    try await serving(["reviews": model]) { client in
      let list = #"["a good film!", "정말 영화", ""]"#
      let rows = #"[{"review": "a good film!"}, {"review": "정말 영화"}, {"review": ""}]"#
      let named = #"[{"input": "a good film!"}, {"input": "정말 영화"}, {"input": ""}]"#
      for instances in [list, rows, named] {
        let answer = try await client.post(
          "/v1/models/reviews:predict", "{\"instances\": \(instances)}")
        #expect(try answer.floats(after: "predictions") == expected)
      }
      for inputs in [list, "{\"input\": \(list)}", "{\"review\": \(list)}"] {
        let answer = try await client.post(
          "/v1/models/reviews:predict", "{\"inputs\": \(inputs)}")
        #expect(try answer.floats(after: "outputs") == expected)
      }
      let nested = #"[["a good film!"], ["정말 영화"], [""]]"#
      for (shape, data) in [("[3]", list), ("[3, 1]", list), ("[3, 1]", nested)] {
        let answer = try await client.post(
          "/v2/models/reviews/infer",
          "{\"inputs\": [{\"name\": \"input\", \"shape\": \(shape), \"datatype\": \"BYTES\", "
            + "\"data\": \(data)}]}")
        #expect(try answer.floats(after: "data") == expected, "\(answer.text)")
      }
      #expect(
        try await client.get("/v2/models/reviews").text
          .contains(#""inputs":[{"name":"input","datatype":"BYTES","shape":[-1,1]}]"#))
      let page = try await client.get("/openapi.json").text
      #expect(page.contains(#"{"type":"string","maxLength":1048576}"#))
      #expect(page.contains(#""BOOL","BYTES"]"#))
      #expect(try await client.get("/").text.contains(#""kind":"text""#))
    }
  }

  @Test(arguments: [
    (#"{"instances": [5]}"#, "instances[0] must be a text"),
    (#"{"instances": ["a", 5]}"#, "instances[1] must be a text, as the others, not a number"),
    (#"{"instances": ["a", ["b"]]}"#, "instances[1] must be a text, as the others, not an array"),
    (#"{"instances": [null]}"#, "instances[0] must be a text"),
    (#"{"instances": "a"}"#, "'instances' must be a list of samples, not a string"),
    (#"{"inputs": "a"}"#, "must be a list of a text or numbers i32[batch, 4], not a string"),
    (#"{"instances": [[]]}"#, "Input 'input' must be of shape [batch, 4]"),
    (#"{"instances": [["a"]]}"#, "not a string"),
    (#"{"instances": [{"review": 5}]}"#, "instances, row 1: column 'review' holds a number"),
    (#"{"instances": [{"reviw": "a"}]}"#, "there is no column 'reviw'. Did you mean 'review'?"),
    (#"{"instances": [{}]}"#, "column 'review' has no value"),
  ])
  func anythingButTextIsToldWhere(_ body: String, _ says: String) async throws {
    try await serving(["reviews": textModel()]) { client in
      let answer = try await client.post("/v1/models/reviews:predict", body)
      #expect(answer.status == 400)
      #expect(answer.text.contains(says), "\(answer.text)")
    }
  }

  @Test func longTextsAndManyOfThemAreRefused() async throws {
    let limits = ServerLimits(encodedNumbers: 12)
    try await serving(["reviews": textModel()], limits: limits) { client in
      let long = String(repeating: "a", count: TextVectorization.lengthLimit + 1)
      let tooLong = try await client.post(
        "/v1/models/reviews:predict", "{\"instances\": [\"a\", \"\(long)\"]}")
      #expect(tooLong.status == 400)
      #expect(
        tooLong.text.contains(
          "instances, row 2: column 'review': A text is longer than 1048576 bytes."))
      let some = try await client.post(
        "/v1/models/reviews:predict", #"{"instances": ["", "", ""]}"#)
      #expect(some.status == 200)
      for body in [#"["", "", "", ""]"#, #"[{"review":""},{},{},{}]"#] {
        let many = try await client.post("/v1/models/reviews:predict", "{\"instances\": \(body)}")
        #expect(many.status == 413)
        #expect(many.text.contains("The samples become more than 12 numbers."))
      }
    }
  }

  @Test(arguments: [
    (#""shape": [2], "datatype": "BYTES", "data": ["a"]"#, "the stated shape [2], not 1 texts"),
    (#""shape": [1], "datatype": "BYTES", "data": [1]"#, "inputs[0].data[0] must be a text"),
    (#""shape": [1], "datatype": "STRING", "data": ["a"]"#, "BOOL, BYTES, not another type"),
  ])
  func tensorsOfTextsAreChecked(_ tensor: String, _ says: String) async throws {
    try await serving(["reviews": textModel()]) { client in
      let answer = try await client.post(
        "/v2/models/reviews/infer", "{\"inputs\": [{\"name\": \"input\", \(tensor)}]}")
      #expect(answer.status == 400)
      #expect(answer.text.contains(says), "\(answer.text)")
    }
  }
}
