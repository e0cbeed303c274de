"""What the bench says of what it measured."""

from typer.testing import CliRunner

from bot.cli.main import app
from demo.bench_bot import percentile
from demo.workspace.meter import Meter, MethodCall


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile([3.0], 0.99) == 3
    assert percentile([], 0.5) == 0


def test_the_busiest_minute_may_begin_anywhere() -> None:
    meter = Meter()
    for at in (0, 30, 59.9, 60, 70, 89, 200):
        meter.calls.append(MethodCall("chat.update", at))
        meter.calls.append(MethodCall("auth.test", at))
    # From 30 on: 30, 59.9, 60, 70, 89.
    assert meter.busiest_minute("chat.update") == 5
    assert meter.busiest_minute("chat.delete") == 0


def test_what_was_not_acknowledged_has_no_time() -> None:
    meter = Meter()
    meter.acknowledged("slash_commands", None)
    meter.acknowledged("slash_commands", 0.0)
    missing, there = meter.acks
    assert missing.seconds is None
    assert there.seconds is not None
    meter.forget()
    assert not meter.acks


def test_the_command_hands_its_options_on() -> None:
    assert CliRunner().invoke(app, ["bench", "bot", "--rate", "0"]).exit_code == 2
