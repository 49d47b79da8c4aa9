import MoruArchive
public import MoruMetrics

extension VerdictFigure {
  /// The figure's name in a language: the one table of terms.
  public func term(_ language: ReportLanguage) -> String {
    switch self {
    case .truePositives: language("true positives (TP)", "참 양성 (TP)")
    case .falsePositives: language("false positives (FP)", "거짓 양성 (FP)")
    case .trueNegatives: language("true negatives (TN)", "참 음성 (TN)")
    case .falseNegatives: language("false negatives (FN)", "거짓 음성 (FN)")
    case .typeIErrors: language("type I errors (false alarms)", "제1종 오류 (오경보)")
    case .typeIIErrors: language("type II errors (misses)", "제2종 오류 (미검출)")
    case .accuracy: language("accuracy", "정확도")
    case .errorRate: language("error rate", "오류율")
    case .precision: language("precision", "정밀도")
    case .recall: language("recall", "재현율")
    case .specificity: language("specificity", "특이도")
    case .negativePredictiveValue: language("negative predictive value", "음성 예측도")
    case .falsePositiveRate: language("false positive rate", "위양성률")
    case .falseNegativeRate: language("false negative rate", "위음성률")
    case .f1: language("F1", "F1 점수")
    case .balancedAccuracy: language("balanced accuracy", "균형 정확도")
    case .matthewsCorrelation: language("Matthews correlation (MCC)", "매슈스 상관계수 (MCC)")
    case .cohenKappa: language("Cohen's kappa", "코헨의 카파")
    case .macroF1: language("macro F1", "매크로 평균 F1")
    case .weightedF1: language("weighted F1", "가중 평균 F1")
    case .rocAUC: language("ROC AUC", "ROC 곡선 아래 면적 (AUC)")
    case .averagePrecision: language("average precision", "평균 정밀도 (AP)")
    case .logLoss: language("log loss", "로그 손실")
    case .brierScore: language("Brier score", "브라이어 점수")
    case .expectedCalibrationError:
      language("expected calibration error (ECE)", "기대 보정 오차 (ECE)")
    case .expectedCost: language("expected cost a sample", "표본당 기대 비용")
    case .meanAbsoluteError: language("mean absolute error", "평균 절대 오차 (MAE)")
    case .rootMeanSquaredError: language("root mean squared error", "평균 제곱근 오차 (RMSE)")
    case .medianAbsoluteError: language("median absolute error", "중앙값 절대 오차")
    case .maxError: language("greatest error", "최대 오차")
    case .bias: language("mean error (bias)", "평균 오차 (편향)")
    case .r2: language("R²", "결정계수 (R²)")
    case .explainedVariance: language("explained variance", "설명된 분산")
    case .meanAbsolutePercentageError:
      language("mean absolute percentage error", "평균 절대 백분율 오차 (MAPE)")
    }
  }

  /// Whether the figure is a share, written in per cent.
  var isShare: Bool {
    switch self {
    case .accuracy, .errorRate, .precision, .recall, .specificity, .negativePredictiveValue,
      .falsePositiveRate, .falseNegativeRate, .balancedAccuracy, .meanAbsolutePercentageError:
      true
    default: false
    }
  }
}

extension VerdictEntry {
  /// What the entry is called: `recall of “defect”`, and for the precision of all classes but one
  /// `precision of the others`.
  public func title(_ language: ReportLanguage, labels: [String]) -> String {
    guard let label else { return figure.term(language) }
    if figure == .negativePredictiveValue {
      let rest = labels.filter { $0 != label }
      let others = rest.count == 1 ? "“\(rest[0])”" : language("the others", "나머지")
      return language(
        "precision of \(others)", "\(others) \(VerdictFigure.precision.term(.korean))")
    }
    return language("\(figure.term(.english)) of “\(label)”", "“\(label)” \(figure.term(.korean))")
  }

  /// The value, such as `93.1 %`.
  public var valueText: String { Self.text(estimate.value, figure) }

  /// The interval, such as `91.0 % – 94.8 %`.
  public var intervalText: String {
    "\(Self.text(estimate.interval.lower, figure)) – \(Self.text(estimate.interval.upper, figure))"
  }

  /// The baseline's value; a dash if it has none.
  public var baselineText: String { baseline.map { Self.text($0, figure) } ?? "–" }

  static func text(_ value: Double, _ figure: VerdictFigure) -> String {
    figure.isShare ? value.percent : value.significant
  }
}
