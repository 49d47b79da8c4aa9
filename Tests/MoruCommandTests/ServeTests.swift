import Foundation
import FoundationNetworking
import Testing

/// Asks a server as the printed `curl` line does.
private func ask(_ curl: Substring) async throws -> (status: Int, body: [String: Any]) {
  let words = curl.split(separator: " ", omittingEmptySubsequences: true)
  let url = try #require(
    words.first { $0.hasPrefix("http://") }.flatMap { URL(string: String($0)) })
  let body = curl.drop { $0 != "{" }.dropLast()
  var request = URLRequest(url: url)
  request.httpMethod = "POST"
  request.setValue("application/json", forHTTPHeaderField: "Content-Type")
  request.httpBody = Data(body.utf8)
  let (data, response) = try await URLSession.shared.data(for: request)
  let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
  return ((response as? HTTPURLResponse)?.statusCode ?? 0, json ?? [:])
}

@Test func thePrintedRequestIsAnsweredLikeAPrediction() async throws {
  let folder = try TestFolder()
  try folder.writeIDX()
  try folder.writePictureConfiguration()
  #expect(try await folder.run("train", "pictures.yaml").code == 0)
  let server = try MoruProcess(["serve", "--port", "0"], in: folder.url)
  let text = server.text(until: "Ctrl-C stops.", inErrors: false)
  #expect(text.hasPrefix("Serving compass:1 at http://127.0.0.1:"))
  let curl = try #require(text.split(separator: "\n").first { $0.hasPrefix("  curl ") })
  let answer = try await ask(curl)
  server.send(SIGINT)
  #expect(answer.status == 200)
  let served = try #require((answer.body["predictions"] as? [[Double]])?.first)

  let base64 = try #require(curl.split(separator: "\"").first { $0.hasPrefix("iVBOR") })
  try folder.write("stroke.png", #require(Data(base64Encoded: String(base64))))
  let predicted = try await folder.run("predict", "compass", "stroke.png", "--json").json()
  let numbers = try #require(
    (predicted["predictions"] as? [[String: Any]])?.first?["probabilities"] as? [String: Double])
  #expect(served.map { Float($0) } == (0..<10).map { Float(numbers["\($0)"] ?? .nan) })
  #expect(try await server.outcome().code == 0)
}

@Test func aTableModelGetsARowToTry() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  #expect(try await folder.run("train", "config.yaml").code == 0)
  let server = try MoruProcess(["serve", "--port", "0", "--model", "compass:1"], in: folder.url)
  let text = server.text(until: "Ctrl-C stops.", inErrors: false)
  let curl = try #require(text.split(separator: "\n").first { $0.hasPrefix("  curl ") })
  #expect(curl.contains(#"{"instances": [{"x": 0, "y": 0}]}"#))
  let answer = try await ask(curl)
  server.send(SIGTERM)
  #expect(answer.status == 200)
  #expect(try await server.outcome().code == 0)
}

@Test func whatCannotBeServedIsOneLine() async throws {
  let folder = try TestFolder()
  try folder.writeTable()
  try folder.writeConfiguration()
  #expect(try await folder.run("train", "config.yaml", "--no-register").code == 0)
  let empty = try await folder.run("serve")
  #expect(empty.code == 1)
  #expect(empty.errorLine.hasPrefix("moru: There is no model to serve."))
  let unknown = try await folder.run("serve", "--model", "compass")
  #expect(unknown.code == 1)
  #expect(unknown.errorLine.hasPrefix("moru: There is no model named 'compass'"))
  let port = try await folder.run("serve", "--port", "70000")
  #expect(port.code == 2)
  #expect(port.errorLine.hasPrefix("moru: --port must be from 0 to 65535"))
  #expect(try await folder.run("train", "config.yaml").code == 0)
  let first = try MoruProcess(["serve", "--port", "0"], in: folder.url)
  let text = first.text(until: "Ctrl-C stops.", inErrors: false)
  let address = try #require(text.split(separator: "\n").first?.split(separator: ":").last)
  let second = try await folder.run("serve", "--port", String(address))
  first.send(SIGINT)
  #expect(second.code == 1)
  #expect(second.errorLine.hasPrefix("moru: Cannot listen on 127.0.0.1:\(address): "))
  #expect(!second.errorLine.contains("\n"))
  #expect(try await first.outcome().code == 0)
}
