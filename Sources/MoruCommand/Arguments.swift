public import ArgumentParser
public import MoruData
public import MoruForecasting
public import MoruReport
public import MoruWorkflow

// Words that the command line takes for values of the libraries.

extension BalanceMethod: ExpressibleByArgument {}
extension CalendarFeature: ExpressibleByArgument {}
extension DamagePolicy: ExpressibleByArgument {}
extension ForecastCandidate: ExpressibleByArgument {}
extension ReportLanguage: ExpressibleByArgument {}
extension SeriesEncoding.MissingPolicy: ExpressibleByArgument {}
extension TableEncoding.MissingPolicy: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}
