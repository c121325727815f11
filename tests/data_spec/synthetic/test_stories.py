"""A story that does not fit its challenge is refused, and the message names the key."""

import pytest
import yaml

from data_spec.challenge import CHALLENGES, ChallengeError, parse_challenge

FAULTS = {
    "another kind": ("mosei", ["kind"], "framewise_one_hot", "synthetic"),
    "an unknown kind": ("mosei", ["kind"], "opera", "synthetic"),
    "a modality too few": ("mosei", ["modalities"], {}, "synthetic.modalities: expected each of"),
    "other emotions": ("mosei", ["emotion_shares"], {"joy": 1.0}, "synthetic.emotion_shares: expected"),
    "labels where none are named": ("mosei", ["label_shares"], {"happy": 1.0}, "synthetic.label_shares: expected"),
    "too many ranges": (
        "mosei",
        ["modalities", "text", "ranges"],
        [[0.0, 1.0]] * 3,
        "synthetic.modalities.text.ranges: expected 1 or 50 pairs. Received: 3",
    ),
    "labels without a kinship": ("mspface", ["kinships"], {}, "synthetic.kinships: expected"),
    "an attribute too few": (
        "mspface",
        ["kinships", "anger", "attributes"],
        [5.0, 2.0],
        "synthetic.kinships.anger.attributes: expected 3 of them. Received: 2",
    ),
    "an unknown secondary label": (
        "mspface",
        ["kinships", "anger", "secondary"],
        ["rage"],
        "synthetic.kinships.anger.secondary: expected some of",
    ),
    "attributes of a modality": (
        "mspface",
        ["modalities", "face", "attributes"],
        {"arousal": 1.0},
        "synthetic.modalities.face.attributes: expected",
    ),
    "what a modality shows": (
        "recola",
        ["modalities", "sound", "shows"],
        {"arousal": 0.5},
        "synthetic.modalities.sound.shows: expected",
    ),
    "a modality measured on itself": (
        "recola",
        ["modalities", "features", "measured_on"],
        "features",
        "synthetic.modalities.features.measured_on: expected one of ['sound', 'faces']. Received: 'features'",
    ),
    "sound that begins later than it can": (
        "recola",
        ["latest_start"],
        3.0,
        "synthetic.latest_start: expected 0, since sound and pictures begin at 0. Received: 3",
    ),
    "recordings shorter than a frame": (
        "recola",
        ["seconds", "least"],
        0.01,
        "synthetic.seconds.least: expected at least one frame (0.04 s). Received: 0.01",
    ),
    "no label ever": (
        "mspface",
        ["label_shares"],
        dict.fromkeys(
            ["anger", "sadness", "happiness", "surprise", "fear", "disgust", "contempt", "neutral", "other"], 0.0
        ),
        "synthetic.label_shares: expected at least one over 0",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_story_that_does_not_fit_is_refused_by_its_key(fault):
    name, path, value, expected = FAULTS[fault]
    content = yaml.safe_load((CHALLENGES / f"{name}.yaml").read_text())
    part = content["synthetic"]
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(ChallengeError) as error:
        parse_challenge(yaml.safe_dump(content, sort_keys=False), "copy.yaml")
    assert expected in str(error.value)
    assert str(error.value).startswith("copy.yaml: ")
