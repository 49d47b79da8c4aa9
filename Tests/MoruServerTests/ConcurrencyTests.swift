import Foundation
import MoruArchive
import MoruServer
import MoruServing
import Testing

@Suite struct ConcurrencyTests {
  @Test func sixtyFourClientsGetTheirOwnAnswers() async throws {
    var expected: [[Float]] = []
    for number in 0..<64 { expected.append(try await predicted(picture(number))) }
    try await serving(["digits": pictureModel()]) { client in
      let answers = try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
        for number in 0..<64 {
          group.addTask {
            let body = "{\"instances\":[\(nested(picture(number)))]}"
            return (number, try await client.post("/v1/models/digits:predict", body))
          }
        }
        return try await group.reduce(into: [Int: Answer]()) { $0[$1.0] = $1.1 }
      }
      #expect(answers.count == 64)
      for (number, answer) in answers {
        #expect(answer.status == 200)
        let found = try answer.floats(after: "predictions")
        #expect(found.count == 10)
        #expect(zip(found, expected[number]).allSatisfy { abs($0 - $1) <= 1e-6 })
      }
    }
  }

  @Test func requestsInARowOnOneConnectionAreAnsweredInOrder() async throws {
    let expected = [try await predicted(picture(0)), try await predicted(picture(1))]
    try await serving(["digits": pictureModel()]) { client in
      let answers = try await client.connected { connection in
        var bytes = Data()
        for number in [0, 1] {
          let body = Data("{\"instances\":[\(nested(picture(number)))]}".utf8)
          bytes += Client.request(
            "POST", "/v1/models/digits:predict", body, contentType: "application/json")
        }
        try connection.send(bytes + Client.request("GET", "/v2/health/live"))
        return try (0..<3).map { _ in try connection.receive() }
      }
      #expect(try answers[0]?.floats(after: "predictions") == expected[0])
      #expect(try answers[1]?.floats(after: "predictions") == expected[1])
      #expect(answers[2]?.text == "{\"live\":true}")
    }
  }

  @Test func stoppingAnswersWhatIsInFlightAndRefusesNewConnections() async throws {
    let gate = Gate()
    let host = ModelHost(on: GatedExecutor(gate: gate))
    try await host.load(pictureModel(), name: SafeName("digits"))
    let port = try await serving(host) { client, server in
      let asked = Task {
        try await client.post(
          "/v1/models/digits:predict", "{\"instances\":[\(nested(picture(0)))]}")
      }
      await gate.held()
      let stopping = Task { await server.stop() }
      await stopping.value
      await gate.open()
      let answer = try await asked.value
      #expect(answer.status == 200)
      return client.port
    }
    await #expect(throws: (any Error).self) { try await Client(port: port).get("/v2") }
  }

  @Test func aFullQueueAnswers429WithATimeToComeBack() async throws {
    let gate = Gate()
    let host = ModelHost(on: GatedExecutor(gate: gate), queueCapacity: 1)
    let model = try await host.load(pictureModel(), name: SafeName("digits"))
    let body = "{\"instances\":[\(nested(picture(0)))]}"
    try await serving(host) { client, _ in
      let running = Task { try await client.post("/v1/models/digits:predict", body) }
      await gate.held()
      let waiting = Task { try await client.post("/v1/models/digits:predict", body) }
      while await model.waitingSamples < 1 { await Task.yield() }
      let refused = try await client.post("/v1/models/digits:predict", body)
      #expect(refused.status == 429)
      #expect(refused.headers["retry-after"] == "1")
      #expect(
        refused.error == "1 samples wait already, at most 1 may. Ask again in a second.")
      await gate.open()
      #expect(try await running.value.status == 200)
      #expect(try await waiting.value.status == 200)
    }
  }

  @Test func aModelThatIsStoppedIsReplacedWithoutARefusal() async throws {
    let host = ModelHost()
    let name = try SafeName("digits")
    try await host.load(pictureModel(), name: name, version: 1)
    try await serving(host) { client, _ in
      let body = "{\"instances\":[\(nested(picture(0)))]}"
      let asking = Task {
        var statuses: Set<Int> = []
        while !Task.isCancelled {
          // A task of its own: the end of the asking must not break off a request.
          let request = Task { try await client.post("/v1/models/digits:predict", body).status }
          statuses.insert(try await request.value)
        }
        return statuses
      }
      try await host.load(pictureModel(), name: name, version: 2)
      try await host.stop(name, version: 1)
      let metadata = try await client.get("/v2/models/digits")
      #expect(metadata["versions"] as? [String] == ["2"])
      asking.cancel()
      #expect(try await asking.value.subtracting([200]).isEmpty)
    }
  }
}
