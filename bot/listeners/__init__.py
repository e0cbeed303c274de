"""What Slack calls: each listener acknowledges, reads and hands over."""
