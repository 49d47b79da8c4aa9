import Moru

/// Recurrent networks on sequences of 50 steps of 8 features.
enum Recurrent {
  static let input: Shape = [50, 8]

  static func lstm() -> Sequential { network(LSTM(64)) }

  static func gru() -> Sequential { network(GRU(64)) }

  private static func network(_ cell: any Layer) -> Sequential {
    Sequential {
      cell
      Dense(10, activation: .softmax)
    }
  }
}

extension Workload where Self == Training {
  static var lstm: Self {
    Training("LSTM training", batchSize: 64, optimizer: .adam()) {
      try Samples.classified(100 * 64, Recurrent.input)
    } model: {
      Recurrent.lstm()
    }
  }

  static var gru: Self {
    Training("GRU training", batchSize: 64, optimizer: .adam()) {
      try Samples.classified(100 * 64, Recurrent.input)
    } model: {
      Recurrent.gru()
    }
  }
}

extension Workload where Self == Inference {
  static func lstm(batch: Int) -> Self {
    Inference("LSTM", batch: batch, input: Recurrent.input) { Recurrent.lstm() }
  }
}
