"""Annotations: what every rater said, kept rater by rater; labels, agreement and the tracking of raters follow from it.

```
CORPUS/
  references.csv                       the recordings that raters are tracked by
  train/annotations/<recording>.csv    what each rater said
  train/labels/<recording>.csv         what they said together: the consensus
```
"""
