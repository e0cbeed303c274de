"""A workspace on one machine that speaks Slack's Web API and Socket Mode."""
