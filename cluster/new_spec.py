"""From the settings and what somebody wants to be learned to the spec of a run. Pure."""

from pathlib import Path

from cluster.recipe import preset
from cluster.settings import ClusterSettings
from cluster.spec import LearnableProperty, TrainSpec


def new_spec(
    settings: ClusterSettings,
    *,
    job_id: str,
    token: str,
    initializer: str,
    learnable_property: LearnableProperty,
    base: Path,
    base_hash: str,
    base_resolution: int,
    caption: str = "",
) -> TrainSpec:
    """Return the spec; `token` and `initializer` have been checked against the base.

    `base_resolution` is the side in pixels that is taken where the settings leave it open. A
    setting that nobody set stands where the recipe puts it.
    """
    shared = settings.model_dump(include=set(TrainSpec.model_fields))
    recipe = {
        k: v for k, v in preset(settings.recipe).items() if k not in settings.model_fields_set
    }
    told = {
        "job_id": job_id,
        "token": token,
        "initializer": initializer,
        "learnable_property": learnable_property,
        "base": str(base),
        "base_hash": base_hash,
        "resolution": settings.resolution or base_resolution,
        "deadline_seconds": settings.job_deadline_minutes * 60,
        "caption": caption,
    }
    return TrainSpec.model_validate(shared | recipe | told)
