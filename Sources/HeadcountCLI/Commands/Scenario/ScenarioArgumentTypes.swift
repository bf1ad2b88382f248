public import ArgumentParser
public import Headcount

extension EventKind: ExpressibleByArgument {}
extension KeywordMatch: ExpressibleByArgument {}
extension ScenarioRun.State: ExpressibleByArgument {}
