import Foundation
import Moru

extension AnomalyExperiment {
  /// The section of the page.
  func page(
    _ base: PhotoBase, _ takes: [(name: String, outcomes: [Outcome])],
    _ tomatoes: [(name: String, outcomes: [Outcome])],
    _ clothes: [(name: String, outcomes: [Outcome])], _ table: Outcome
  ) -> String {
    """
    ## Anomalies: photos with defects, clothes, tumours

    `Benchmarks/experiments --data DIR anomaly`, seed 0. The base of PaDiM and PatchCore is the one of the \
    transfer to tomatoes, trained on CIFAR-10 (it tells \(Self.percent(base.accuracy)) of its test pictures \
    right); the autoencoders start from nothing. All learn from good samples alone, of which three tenths are \
    held out for the threshold; \(Self.percent(Self.falseAlarmRate)) false alarms are allowed. PatchCore remembers \
    one place in fifty.

    **One thing under a camera.** Four real photos (\(Self.photos.joined(separator: ", "))), each taken again \
    by the program: shifted by up to 3 of \(Self.side) pixels, lighter or darker by up to 5 %, with noise. \
    \(Self.takes.learned) takes to learn from, \(Self.takes.judged) others as they are, and each of these with a \
    scratch and with a blob that `SyntheticDefects` drew. Means over the photos; regions: the mean overlap with \
    defects up to 0.3 of the other pixels.

    \(Markdown.table(Self.photoColumns, takes.map(Self.photoRow)))

    Of each photo \(Self.percent(takes[0].outcomes[0].expected.value)) false alarms are expected, from \
    \(Self.percent(takes[0].outcomes[0].expected.interval.lower)) to \
    \(Self.percent(takes[0].outcomes[0].expected.interval.upper)) for 95 % of such sets of held-out takes. Scratches \
    and blobs, and the maps of PaDiM, PatchCore and the autoencoder; half of the scale is what good pictures \
    exceed as rarely as their scores the threshold:

    ![Photos with defects beside heat maps](images/anomaly.png)

    Photos, changed as said: a cup of coffee by Rachel Michetti and Chelsea by Stéfan van \
    der Walt (both CC0, from scikit-image), a pagoda by danielbuechele and a flower by \
    vultilion (both CC BY 2.0, from scikit-learn).

    **Tomatoes in shops**: 127 photos to learn from, 100 others as they are, with a scratch and with a blob. No \
    two show the same, and what differs between shops outweighs what was drawn: a detector of anomalies needs a \
    place where good pictures are alike.

    \(Markdown.table(Self.photoColumns, tomatoes.map(Self.photoRow)))

    **Fashion-MNIST**, each of the ten kinds once the good one: \(Self.clothes) of its training pictures to \
    learn from, judged on \(Self.judgedClothes) test pictures of every kind. Mean, least and greatest AUROC \
    over the kinds, mean share of false alarms and of other kinds found:

    \(Markdown.table(
      ["Detector", "AUROC", "least", "greatest", "false alarms", "found", "time for one kind"],
      clothes.map(Self.row)))

    **Breast cancer**, benign tumours to learn from (half of 357), judged on the other half and 212 \
    malignant ones, by 30 measures: isolation forest, AUROC \(Self.estimate(table.report.anomalies?.rocAUC)), \
    false alarms \(Self.share(table.report.falseAlarms)), found \
    \(Self.share(table.report.anomalies?.found)), \(Markdown.number(table.seconds, 2)) s.
    """
  }

  private static let photoColumns = [
    "Detector", "AUROC of pictures", "least", "scratches", "blobs", "AUROC of pixels", "regions",
    "false alarms", "found", "time for one",
  ]

  private static func photoRow(_ detector: (name: String, outcomes: [Outcome])) -> [String] {
    let reports = detector.outcomes.map(\.report)
    func number(_ figure: (AnomalyReport) -> Double?) -> String {
      Markdown.number(mean(reports.map { figure($0) ?? .nan }))
    }
    return [
      detector.name, number { $0.anomalies?.rocAUC?.value },
      Markdown.number(reports.compactMap { $0.anomalies?.rocAUC?.value }.min() ?? .nan),
      number { $0.kinds.first?.rocAUC?.value }, number { $0.kinds.last?.rocAUC?.value },
      number { $0.pixels?.rocAUC }, number { $0.pixels?.regionOverlap },
      percent(mean(reports.map { $0.falseAlarms?.value ?? .nan })),
      percent(mean(reports.map { $0.anomalies?.found.value ?? .nan })),
      "\(Markdown.number(mean(detector.outcomes.map(\.seconds)), 1)) s",
    ]
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  private static func row(_ detector: (name: String, outcomes: [Outcome])) -> [String] {
    let areas = detector.outcomes.map { $0.report.anomalies?.rocAUC?.value ?? .nan }
    return [
      detector.name, Markdown.number(mean(areas)), Markdown.number(areas.min() ?? .nan),
      Markdown.number(areas.max() ?? .nan),
      percent(mean(detector.outcomes.map { $0.report.falseAlarms?.value ?? .nan })),
      percent(mean(detector.outcomes.map { $0.report.anomalies?.found.value ?? .nan })),
      "\(Markdown.number(mean(detector.outcomes.map(\.seconds)), 1)) s",
    ]
  }

  private static func estimate(_ estimate: Estimate?) -> String {
    guard let estimate else { return "" }
    let (low, high) = (estimate.interval.lower, estimate.interval.upper)
    return "\(Markdown.number(estimate.value)) (\(Markdown.number(low))–\(Markdown.number(high)))"
  }

  private static func share(_ estimate: Estimate?) -> String {
    estimate.map { percent($0.value) } ?? ""
  }

  private static func percent(_ share: Double) -> String {
    "\(Markdown.number(100 * share, 1)) %"
  }
}
