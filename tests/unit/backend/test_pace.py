"""What a worker says of its pace."""

from backend.pace import Pace, PaceReport


def test_a_minute_of_work_is_told_and_the_next_begins_from_nothing() -> None:
    pace = Pace(100.0)
    pace.add(2, 20.0)
    assert pace.report(130.0) is None
    pace.add(1, 10.0)
    assert pace.report(175.0) == PaceReport(3, 75.0, 2.4, 10.0, 0.4)
    pace.add(1, 6.0)
    assert pace.report(235.0) == PaceReport(1, 60.0, 1.0, 6.0, 0.1)


def test_a_minute_without_a_picture_is_passed_over() -> None:
    pace = Pace(0.0)
    assert pace.report(600.0) is None
    pace.add(4, 30.0)
    assert pace.report(659.0) is None
    report = pace.report(660.0)
    assert report is not None
    assert report.pictures_a_minute == 4.0
