import Foundation
import MoruArchive
import MoruData
import MoruGraph
import MoruLayers
import MoruMetrics
import MoruModels
import MoruOptimizers
import MoruServer
import MoruServing
import MoruTensors
import MoruTraining
import Testing

/// The page in a real browser. `MORU_SCREENSHOTS=FOLDER` keeps pictures of it.
@Suite(.serialized, .enabled(if: Browser.path != nil, "Chromium is not installed."))
struct StudioTests {
  /// A small network that has learned the digits in the repository.
  private static let digits = Task {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let data = try Dataset.csv(
      at: root.appending(path: "Examples/data/digits.csv.gz"), target: "label", shape: [8, 8, 1])
    let model = Sequential {
      Rescaling(1.0 / 16)
      Conv2D(16, kernel: 3, padding: .same, activation: .relu)
      MaxPooling2D(2)
      Flatten()
      Dense(64, activation: .relu)
      Dense(10, activation: .softmax)
    }
    let trained = try await model.fit(
      data, epochs: 15, optimizer: .adam(learningRate: 2e-3),
      loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
    // A page cannot show more than its model knows.
    let accuracy = try await trained.evaluate(data).figures["accuracy"] ?? 0
    #expect(accuracy > 0.98)
    return trained
  }

  /// A digit as a person draws it, in parts of the sheet.
  private static func three(scale: Double, x: Double, y: Double) -> [(x: Double, y: Double)] {
    func arc(_ centre: Double, from: Double, to: Double) -> [(x: Double, y: Double)] {
      stride(from: 0.0, through: 1, by: 0.05).map { part in
        let angle = (from + (to - from) * part) * .pi / 180
        return (0.32 * cos(angle), centre + 0.25 * sin(angle))
      }
    }
    let points = arc(-0.25, from: -150, to: 90) + arc(0.25, from: -90, to: 150)
    return points.map { (x + scale * $0.x, y + scale * $0.y) }
  }

  /// Waits for an answer and returns it with its probability, or the trouble that the page reports.
  private static let answer = """
    new Promise((done) => {
      const value = document.querySelector("#answer .value");
      const look = () => {
        const sure = document.querySelector("#answer .sure").textContent;
        const trouble = document.getElementById("trouble").textContent;
        // While one draws, answers to half a digit come in; the last one counts.
        if (waiting === null && !isAsking && (sure || trouble)) done(trouble || value.textContent + " " + sure);
        else setTimeout(look, 5);
      };
      look();
    })
    """

  private func browsing(
    language: String = "en", width: Int = 1100, height: Int = 760,
    _ body: @escaping @Sendable (Browser) throws -> Void
  ) async throws {
    let models = ["digits": try await Self.digits.value, "prices": try tableModel()]
    try await serving(models) { client in
      try await onThread {
        let browser = try Browser(language: language, width: width, height: height)
        defer { browser.quit() }
        try browser.open("http://127.0.0.1:\(client.port)/")
        try body(browser)
      }
    }
  }

  private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      Thread.detachNewThread { done.resume(with: Result(catching: body)) }
    }
  }

  private static func keep(_ browser: Browser, as name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["MORU_SCREENSHOTS"] else { return }
    try browser.screenshot().write(to: URL(filePath: folder).appending(path: "\(name).png"))
  }

  @Test func aThreeIsReadWhereverAndHoweverLargeItIsDrawn() async throws {
    try await browsing { browser in
      for (scale, x, y) in [(0.8, 0.5, 0.5), (0.35, 0.25, 0.7)] {
        try browser.draw(Self.three(scale: scale, x: x, y: y))
        let answer = try browser.evaluate(Self.answer)
        #expect(answer.hasPrefix("3 "), "\(answer)")
        try Self.keep(browser, as: "drawn-\(scale)")
        _ = try browser.evaluate("document.getElementById('clear').click()")
        #expect(
          try browser.evaluate("document.querySelector('#answer .value').textContent") == "…")
      }
    }
  }

  @Test func thePageSpeaksKoreanAndFitsAPhone() async throws {
    try await browsing(language: "ko", width: 390, height: 844) { browser in
      #expect(try browser.evaluate("document.documentElement.lang") == "ko")
      #expect(
        try browser.evaluate("document.getElementById('title').textContent") == "그리면 모델이 바로 읽습니다")
      // Chromium's window cannot be narrower than 500 points without a device.
      #expect(
        try browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "1")
      try browser.draw(Self.three(scale: 0.8, x: 0.5, y: 0.5))
      _ = try browser.evaluate(Self.answer)
      try Self.keep(browser, as: "korean-phone")
      _ = try browser.evaluate("document.getElementById('language').click()")
      #expect(try browser.evaluate("document.documentElement.lang") == "en")
    }
  }

  @Test func otherModelsGetAFormOfTheirColumns() async throws {
    try await browsing { browser in
      _ = try browser.evaluate(
        """
        {
          const choice = document.getElementById("model");
          choice.value = "1";
          choice.dispatchEvent(new Event("change"));
          const form = document.getElementById("form");
          form.elements.namedItem("size").value = "2";
          form.elements.namedItem("colour").value = "red";
          form.requestSubmit();
        }
        """)
      let answer = try browser.evaluate(Self.answer)
      #expect(answer.hasSuffix("€ price"), "\(answer)")
      try Self.keep(browser, as: "form")
    }
  }
}
