public import ArgumentParser
public import MoruData
public import MoruReport
public import MoruWorkflow

// Words that the command line takes for values of the libraries.

extension BalanceMethod: ExpressibleByArgument {}
extension DamagePolicy: ExpressibleByArgument {}
extension ReportLanguage: ExpressibleByArgument {}
extension TableEncoding.MissingPolicy: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}
