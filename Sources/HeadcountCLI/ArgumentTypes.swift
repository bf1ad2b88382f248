public import ArgumentParser
public import Headcount
public import HeadcountHTTP

extension APIKeyScope: ExpressibleByArgument {}
extension AudienceFormat: ExpressibleByArgument {}
extension CampaignOutcome.Outcome: ExpressibleByArgument {}
extension LimitMode: ExpressibleByArgument {}
