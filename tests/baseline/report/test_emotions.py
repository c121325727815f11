"""Drawings of the emotions over time."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from baseline.report.contents import RecordingReport
from baseline.report.emotions import predicted_band, probability_row, truth_band
from baseline.report.time_scale import TimeScale
from data_spec.challenge import Challenge
from tests.baseline.report.example_reports import SECONDS, example_report

SCALE = TimeScale(SECONDS)


@pytest.fixture
def report(merc2017: Challenge) -> RecordingReport:
    return example_report(merc2017)


def test_a_row_has_a_bar_for_each_run_of_equal_probability(report: RecordingReport) -> None:
    row = probability_row(report, 1, SCALE)
    bars = re.findall(r'class="(bar[ a-z]*) label-1" x="([\d.]+)%" width="([\d.]+)%" y="[\d.]+" height="([\d.]+)"', row)
    assert [(kind, x, width) for kind, x, width, _ in bars] == [("bar chosen", "0", "50"), ("bar", "50", "50")]
    high, low = (float(height) for *_, height in bars)
    assert high / low == pytest.approx(0.6 / 0.08, rel=1e-3)
    assert "Sad: 60 % from 0 s to 2 s" in row
    assert 'aria-label="Probability of Sad over time: 34 % on average, 60 % at the most"' in row


def test_the_band_names_the_label_of_every_frame(report: RecordingReport) -> None:
    band = predicted_band(report, SCALE)
    assert 'aria-label="Predicted: Sad from 0 s to 2 s, Neutral from 2 s to 4 s"' in band
    assert re.findall(r'class="piece (label-\d)" x="([\d.]+)%" width="([\d.]+)%"', band) == [
        ("label-1", "0", "50"),
        ("label-5", "50", "50"),
    ]
    assert re.findall(r">(\w+)</text>", band) == ["Sad", "Neutral"]


def test_a_tie_of_the_annotators_is_hatched_and_said(report: RecordingReport) -> None:
    band = truth_band(report, SCALE)
    assert 'aria-label="Labelled by people: Sad from 0 s to 3 s, a tie from 3 s to 4 s"' in band
    assert 'class="gap" x="75%" width="25%"' in band


def test_where_a_name_has_no_room_its_first_letters_stand(report: RecordingReport) -> None:
    probabilities = np.zeros_like(report.probabilities)
    index = np.repeat([4, 1, 4], [380, 15, 5])
    probabilities[np.arange(400), index] = 1.0
    band = predicted_band(replace(report, probabilities=probabilities), SCALE)
    assert re.findall(r'class="name label-\d room-(\w+)"[^>]*>(\w+)<', band) == [
        ("any", "Scared"),
        ("broad", "Sad"),
    ]


def test_on_a_phone_letters_stand_where_the_name_has_room_on_a_broad_page_only(report: RecordingReport) -> None:
    probabilities = np.zeros_like(report.probabilities)
    probabilities[np.arange(400), np.repeat([1, 4], [370, 30])] = 1.0
    band = predicted_band(replace(report, probabilities=probabilities), SCALE)
    assert re.findall(r'class="name label-\d room-(\w+)"[^>]*>(\w+)<', band) == [
        ("any", "Sad"),
        ("broad", "Scared"),
        ("narrow", "Sc"),
    ]


def test_frames_whose_labels_begin_later_are_drawn_where_they_are(report: RecordingReport) -> None:
    later = replace(report, times=report.times[:100] + 1.0, probabilities=report.probabilities[:100], truth=None)
    assert 'class="piece label-1" x="25%" width="25%"' in predicted_band(later, SCALE)
