"""The incentive sheet (绩效奖金发放表): a legal document, therefore always in Chinese."""
