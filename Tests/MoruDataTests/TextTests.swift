import Foundation
import GoldenKit
import MoruArchive
import MoruData
import MoruTensors
import Testing

@Test(arguments: GoldenFile.names(in: "text"))
func textsBecomeKerasNumbersAndItsVocabulary(_ name: String) throws {
  let file = try GoldenFile("text", name)
  let golden = try GoldenTextCase(file)
  #expect(try golden.error(file) <= 1e-7)
  #expect(try golden.isSaved(file))
}

@Test func textsAreCutOrFilledUpToOneLength() throws {
  let vectorization = try TextVectorization(outputSequenceLength: 3)
    .adapted(to: ["a good film", "a bad film", "a film"])
  #expect(vectorization.vocabulary == ["", "[UNK]", "film", "a", "good", "bad"])
  let numbers = try vectorization(["a film that is good", "BAD!", ""])
  #expect(numbers.shape == [3, 3])
  #expect(try numbers.array(of: Int32.self) == [3, 2, 1, 5, 0, 0, 0, 0, 0])
}

@Test func columnsOfTextLearnFromTheTrainingPartAlone() throws {
  let rows = try table(
    "review,year,mood\ngood film,1999,up\nbad film,2001,down\nawful,2002,down\n,2003,up\n")
  let encoding = try TableEncoding(
    fitting: rows, target: "mood",
    text: ["review": TextVectorization(outputMode: .multiHot)], missing: .mean, rows: [0, 1])
  guard case .text(let fitted, fill: "") = encoding.columns[0].rule else {
    Issue.record("the column is no text")
    return
  }
  #expect(fitted.vocabulary == ["[UNK]", "film", "good", "bad"])
  #expect(encoding.dtype == .float32)
  #expect(
    encoding.featureNames
      == ["review=[UNK]", "review=film", "review=good", "review=bad", "year"])
  let data = try encoding.dataset(from: rows)
  #expect(
    try data.features[0].values.array(of: Float.self) == [
      0, 1, 1, 0, 1999, 0, 1, 0, 1, 2001, 1, 0, 0, 0, 2002, 0, 0, 0, 0, 2003,
    ])
  let read = try JSONDecoder().decode(TableEncoding.self, from: JSONEncoder().encode(encoding))
  #expect(read == encoding)
}

@Test func lookupsGiveUnknownCategoriesAPlace() throws {
  let rows = try table("city,price\nSeoul,1\nBusan,2\nSeoul,3\nJeju,4\n")
  let encoding = try TableEncoding(
    fitting: rows, target: "price", lookup: ["city": StringLookup()], rows: [0, 1, 2])
  #expect(encoding.dtype == .int32)
  #expect(encoding.featureNames == ["city"])
  #expect(try encoding.encode(rows).array(of: Int32.self) == [1, 2, 1, 0])
  let strict = try TableEncoding(
    fitting: rows, target: "price",
    lookup: ["city": StringLookup(numOovIndices: 0, outputMode: .oneHot)], rows: [0, 1, 2])
  #expect(strict.featureNames == ["city=Seoul", "city=Busan"])
  #expect(
    message { _ = try strict.encode(rows) }
      == "rows.csv:5: column 'city': A string is none of the 2 known. "
      + "Correct it, or choose numOovIndices above 0.")
}

@Test func mistakesWithTextsAreToldWithTheirPlace() throws {
  let vectorization = try TextVectorization(outputSequenceLength: 2).adapted(to: ["a b"])
  let data = try Dataset.texts(
    ["a", "b c"], vectorization: vectorization, targets: .values([0, 1]))
  let encoding = try #require(data.encoding)
  #expect(data.features[0].values.dtype == .int32)
  #expect(
    message { _ = try encoding.encode([["text": "a"], ["text": 5]]) }
      == "request, row 2: column 'text' holds a number where text is expected. "
      + "Put it into quotation marks.")
  #expect(
    message { _ = try encoding.encode([["text": nil]]) }
      .hasPrefix("request, row 1: column 'text' has no value."))
  let long = String(repeating: "a", count: TextVectorization.lengthLimit + 1)
  #expect(
    message { _ = try encoding.encode(texts: ["a", long]) }
      == "request, row 2: column 'text': A text is longer than 1048576 bytes. Cut it into parts.")
  #expect(
    message { _ = try Dataset.texts(["a"], vectorization: TextVectorization()) }
      == "The lookup knows no vocabulary. "
      + "Use adapted(to:) with training texts, or pass a vocabulary.")
  #expect(
    message { _ = try Dataset.texts(["a"], vectorization: TextVectorization(vocabulary: ["a"])) }
      == "TextVectorization: the texts of 'text' need one length. Set outputSequenceLength.")
  #expect(
    message { _ = try TextVectorization().adapted(to: ["", "!"]) }
      == "There is no token to learn a vocabulary from. "
      + "Pass texts with words, or split them otherwise.")
  let rows = try table("review,mood\na,1\nb,0\n")
  #expect(
    message {
      _ = try TableEncoding(
        fitting: rows, target: "mood", text: ["reviews": TextVectorization()])
    }.hasPrefix("rows.csv: there is no column 'reviews'. Did you mean 'review'?"))
  #expect(
    message {
      _ = try TableEncoding(
        fitting: rows, target: "mood", lookup: ["review": StringLookup()],
        text: ["review": TextVectorization()])
    }.contains("more than once"))
}

@Test(arguments: [
  (#"{"maxTokens": 2}"#, "maxTokens is 2, which counts those for mask and unknown strings too."),
  (#"{"padToMaxTokens": true, "outputMode": "count"}"#, "padToMaxTokens needs maxTokens."),
  (#"{"outputMode": "oneHot"}"#, "oneHot is for lookups."),
  (#"{"outputMode": "count", "outputSequenceLength": 3}"#, "outputSequenceLength is for int"),
  (#"{"outputSequenceLength": 0}"#, "outputSequenceLength is 0."),
  (#"{"ngrams": 1000000000}"#, "ngrams are widths from 1 to 16"),
  (#"{"ngrams": []}"#, "ngrams are widths from 1 to 16"),
  (#"{"vocabulary": ["a", "b", "a"]}"#, "token 2 is there twice."),
  (#"{"vocabulary": ["a", ""]}"#, "the mask is a token too."),
  (#"{"vocabulary": ["a"], "outputMode": "tfIdf"}"#, "a vocabulary has idfWeights for tfIdf"),
  (#"{"idfWeights": [1], "outputMode": "tfIdf"}"#, "idfWeights weigh a vocabulary."),
  (
    #"{"vocabulary": ["a"], "idfWeights": [1, 2], "outputMode": "tfIdf"}"#,
    "there are 2 idfWeights"
  ),
  (#"{"vocabulary": ["a", "b"], "maxTokens": 3}"#, "there are 4 tokens, 2 of them"),
  (#"{"standardise": "lower"}"#, "standardise"),
])
func settingsThatDoNotGoTogetherAreRefused(_ settings: String, _ reason: String) {
  let found = message {
    _ = try JSONDecoder().decode(TextVectorization.self, from: Data(settings.utf8))
  }
  #expect(found.contains(reason), "\(found)")
}
