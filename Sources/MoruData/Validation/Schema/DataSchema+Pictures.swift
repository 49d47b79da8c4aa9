internal import Foundation

extension DataSchema {
  /// What in pictures breaks the rules; the weightiest first. Empty for the schema of a table.
  public func findings(in folders: [ImageFolder]) -> [Finding] {
    guard let pictures else { return [] }
    let scan = PictureScan(folders: folders)
    let isSingle = folders.count == 1
    func examples(_ entries: [PictureScan.Entry], _ detail: (PictureScan.Entry) -> String)
      -> [String]
    {
      entries.prefix(Finding.exampleLimit).map { entry in
        (isSingle ? "" : "\(scan.parts[entry.part])/") + "\(entry.name): \(detail(entry))"
      }
    }
    var findings: [Finding] = []
    if !scan.failures.isEmpty {
      findings.append(
        Finding(
          .unreadablePictures, .problem, count: scan.failures.count,
          "\(counted(scan.failures.count, "picture")) cannot be read.",
          examples: scan.failures.prefix(Finding.exampleLimit).map { "\($0.error)" },
          advice: "Copy them again. `moru data clean` puts them aside."))
    }
    let sizes = scan.entries.filter { entry in
      !(pictures.minimumWidth...max(pictures.minimumWidth, pictures.maximumWidth))
        .contains(entry.shape[1])
        || !(pictures.minimumHeight...max(pictures.minimumHeight, pictures.maximumHeight))
          .contains(entry.shape[0])
    }
    if !sizes.isEmpty {
      findings.append(
        Finding(
          .oddSizes, .problem, count: sizes.count,
          "\(counted(sizes.count, "picture")) \(sizes.count == 1 ? "has" : "have") a size outside "
            + "\(pictures.minimumWidth) × \(pictures.minimumHeight) to "
            + "\(pictures.maximumWidth) × \(pictures.maximumHeight).",
          examples: examples(sizes) { "\($0.shape[1]) × \($0.shape[0])" },
          advice: "Check the camera's settings; widen the range if the sizes are right."))
    }
    let channels = scan.entries.filter { !pictures.channels.contains($0.shape[2]) }
    if !channels.isEmpty {
      findings.append(
        Finding(
          .mixedChannels, .problem, count: channels.count,
          "\(counted(channels.count, "picture")) \(channels.count == 1 ? "is" : "are") "
            + "\(channels[0].shape[2] == 1 ? "grey" : "coloured"), unlike those of the schema.",
          examples: examples(channels) { $0.shape[2] == 1 ? "grey" : "colour" },
          advice: "Check the camera's settings, or add the number of channels to the schema."))
    }
    return (findings + Self.classFindings(pictures, scan)).byWeight
  }

  private static func classFindings(_ rule: PictureSchema, _ scan: PictureScan) -> [Finding] {
    let counts = Dictionary(scan.entries.map { ($0.label, 1) }, uniquingKeysWith: +)
    let unseen = counts.keys.filter { !rule.classes.contains($0) }.sorted()
    var findings: [Finding] = []
    if !unseen.isEmpty {
      findings.append(
        Finding(
          .unseenCategories, .problem, count: unseen.count,
          "\(counted(unseen.count, "class", "classes")) \(unseen.count == 1 ? "is" : "are") not in "
            + "the schema.",
          examples: unseen.prefix(Finding.exampleLimit).map { "\($0): \(counts[$0] ?? 0)" },
          advice: "Rename the folders, or add the classes to the schema and train again."))
    }
    let before = rule.counts.map { Double($0) }
    let after = rule.classes.map { Double(counts[$0] ?? 0) }
    if !before.isEmpty, let test = ChiSquare([before, after]), test.pValue < chance {
      let index = StabilityIndex.value(before, after)
      if index >= min(smallDrift, rule.maximumDrift) {
        findings.append(
          Finding(
            .drift, index >= rule.maximumDrift ? .problem : .warning, count: 1,
            "The classes' shares are not those of the schema (stability index "
              + String(format: "%.2f", index) + ", p \(text(pValue: test.pValue))).",
            advice: "Find out whether the field has changed; judge with the ratio of the field."))
      }
    }
    return findings
  }
}
