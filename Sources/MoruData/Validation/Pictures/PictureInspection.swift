internal import Foundation
internal import MoruArchive

/// What an inspection finds in pictures of one or more parts.
public struct PictureInspection: Sendable {
  /// One profile for each part.
  public let profiles: [DataProfile]
  /// What concerns several parts.
  public let betweenParts: [Finding]
  /// Equal and nearly equal pictures of several parts.
  public let groupsBetweenParts: [PictureGroup]

  /// Looks at folders of pictures by class, such as `train` and `test`; a picture that cannot be read is
  /// a finding.
  public init(folders: [ImageFolder]) {
    self.init(PictureScan(folders: folders))
  }

  /// Looks at data sets of pictures in memory; nil for other data.
  public init?(datasets: [(part: String, data: Dataset)]) {
    guard let scan = PictureScan(datasets: datasets) else { return nil }
    self.init(scan)
  }

  init(_ scan: PictureScan) {
    let equal = scan.equalGroups
    let alike = scan.alikeGroups
    func group(_ places: [Int]) -> PictureGroup {
      PictureGroup(
        members: places.map { place in
          let entry = scan.entries[place]
          return PictureGroup.Member(
            part: scan.parts[entry.part], name: entry.name, label: entry.label, url: entry.url)
        }, isEqual: Set(places.map { scan.entries[$0].checksum }).count == 1)
    }
    profiles = scan.parts.enumerated().map { part, name in
      func within(_ groups: [[Int]]) -> [PictureGroup] {
        groups.map { $0.filter { scan.entries[$0].part == part } }.filter { $0.count > 1 }.map(
          group)
      }
      let report = DataReport(scan, part: part)
      let groups = within(alike)
      return DataProfile(
        part: name, report: report,
        findings: Self.pictureFindings(scan, part: part)
          + Self.groupFindings(equal: within(equal), alike: groups, count: report.count)
          + TargetCheck.imbalance(
            report.classes.map { ($0.label, $0.count) }, column: nil),
        pictureGroups: groups)
    }
    let leaks = alike.map(group).filter(\.isLeak)
    groupsBetweenParts = leaks
    betweenParts = (Self.leakFindings(leaks) + Self.classFindings(profiles)).byWeight
  }

  private static func pictureFindings(_ scan: PictureScan, part: Int) -> [Finding] {
    let entries = scan.entries.filter { $0.part == part }
    let failures = scan.failures.filter { $0.part == part }
    var findings: [Finding] = []
    if !failures.isEmpty {
      findings.append(
        Finding(
          .unreadablePictures, .problem, count: failures.count,
          "\(counted(failures.count, "picture")) cannot be read.",
          examples: failures.prefix(Finding.exampleLimit).map { "\($0.error)" },
          advice: "Copy them again from where they came. `moru data clean` puts them aside."))
    }
    let blank = entries.filter(\.hash.isBlank)
    if !blank.isEmpty {
      findings.append(
        Finding(
          .blankPictures, .warning, count: blank.count,
          "\(counted(blank.count, "picture")) \(blank.count == 1 ? "shows" : "show") nothing: one "
            + "brightness all over.",
          examples: blank.prefix(Finding.exampleLimit).map(\.name),
          advice: "Look at the camera and the light; take such pictures out."))
    }
    return findings + sizeFindings(entries)
  }

  private static func sizeFindings(_ entries: [PictureScan.Entry]) -> [Finding] {
    var findings: [Finding] = []
    let sizes = Dictionary(entries.map { ([$0.shape[1], $0.shape[0]], 1) }, uniquingKeysWith: +)
    if let usual = sizes.max(by: { ($0.value, $1.key[0]) < ($1.value, $0.key[0]) })?.key,
      sizes.count > 1
    {
      let odd = entries.filter { [$0.shape[1], $0.shape[0]] != usual }
      let isUsual = odd.count * 10 <= entries.count
      findings.append(
        Finding(
          .oddSizes, isUsual ? .warning : .note, count: odd.count,
          isUsual
            ? "\(counted(odd.count, "picture")) \(odd.count == 1 ? "is" : "are") not "
              + "\(usual[0]) × \(usual[1]) like the others."
            : "The pictures have \(sizes.count) sizes; the most frequent is "
              + "\(usual[0]) × \(usual[1]).",
          examples: odd.prefix(Finding.exampleLimit).map { entry in
            "\(entry.name): \(entry.shape[1]) × \(entry.shape[0])"
          },
          advice: "State the size to which all are brought, and look whether that distorts any."))
    }
    let grey = entries.filter { $0.shape[2] == 1 }
    if !grey.isEmpty, grey.count < entries.count {
      let rare = grey.count * 2 <= entries.count ? grey : entries.filter { $0.shape[2] == 3 }
      findings.append(
        Finding(
          .mixedChannels, .note, count: rare.count,
          "\(grey.count) of \(entries.count) pictures are grey, the others coloured.",
          examples: rare.prefix(Finding.exampleLimit).map(\.name),
          advice: "If this goes with the class a model will learn it; make all of them grey then."))
    }
    return findings
  }

  private static func groupFindings(
    equal: [PictureGroup], alike: [PictureGroup], count: Int
  ) -> [Finding] {
    var findings: [Finding] = []
    let conflicts = alike.filter(\.isConflict)
    if !conflicts.isEmpty {
      findings.append(
        Finding(
          .labelConflicts, .problem, count: conflicts.count,
          "\(counted(conflicts.count, "picture")) \(conflicts.count == 1 ? "occurs" : "occur") in "
            + "more than one class, exactly or nearly.",
          examples: examples(conflicts),
          advice:
            "Find out which class is right. `moru data clean` drops all of them that are equal."
        ))
    }
    let repeats = equal.reduce(0) { $0 + $1.members.count - 1 }
    if repeats > 0 {
      findings.append(
        Finding(
          .duplicates, .warning, count: repeats,
          "\(counted(repeats, "picture")) (\(percent(repeats, of: count))) "
            + "\(repeats == 1 ? "is" : "are") equal to an earlier one in every pixel.",
          examples: examples(equal),
          advice: "Keep one of each. `moru data clean` drops the others; `moru data split` keeps "
            + "them on one side."))
    }
    let near = alike.filter { !$0.isEqual }
    let nearRepeats = near.reduce(0) { $0 + $1.members.count - 1 }
    if nearRepeats > 0 {
      findings.append(
        Finding(
          .nearDuplicates, .warning, count: nearRepeats,
          "\(counted(nearRepeats, "picture")) (\(percent(nearRepeats, of: count))) "
            + "\(nearRepeats == 1 ? "looks" : "look") like an earlier one.",
          examples: examples(near),
          advice: "Look at them below: pictures of one thing must not be on both sides of a split. "
            + "`moru data split` keeps them on one side."))
    }
    return findings
  }

  private static func leakFindings(_ leaks: [PictureGroup]) -> [Finding] {
    guard !leaks.isEmpty else { return [] }
    let count = leaks.reduce(0) { $0 + $1.members.count }
    let equal = leaks.count(where: \.isEqual)
    return [
      Finding(
        .leakBetweenParts, .problem, count: leaks.count,
        "\(counted(leaks.count, "picture")) (\(equal) exactly, \(leaks.count - equal) nearly) "
          + "\(leaks.count == 1 ? "is" : "are") in more than one part, \(count) files in all.",
        examples: examples(leaks, showsPart: true),
        advice: "Take them out of one part, or the verdict is better than the truth. "
          + "`moru data split` makes parts without such pairs.")
    ]
  }

  private static func classFindings(_ profiles: [DataProfile]) -> [Finding] {
    guard profiles.count > 1 else { return [] }
    let all = Set(profiles.flatMap { $0.report.classes.map(\.label) }).sorted()
    let lacking = profiles.flatMap { profile in
      let present = Set(profile.report.classes.filter { $0.count > 0 }.map(\.label))
      return all.filter { !present.contains($0) }.map { "\(profile.part) has no '\($0)'" }
    }
    guard !lacking.isEmpty else { return [] }
    return [
      Finding(
        .classesBetweenParts, .warning, count: lacking.count,
        "Not every part has every class.",
        examples: Array(lacking.prefix(Finding.exampleLimit)),
        advice: "Part the pictures anew with `moru data split`, which keeps the classes' shares.")
    ]
  }

  private static func examples(_ groups: [PictureGroup], showsPart: Bool = false) -> [String] {
    groups.prefix(Finding.exampleLimit).map { group in
      let names = group.members.prefix(4).map { member in
        // Pictures in memory carry their part in the name.
        showsPart && member.url != nil ? "\(member.part)/\(member.name)" : member.name
      }
      return names.joined(separator: " = ")
        + (group.members.count > 4 ? " = … (\(group.members.count))" : "")
    }
  }
}
