"""From the settings and what somebody wants to be learned to the spec of a run. Pure."""

from pathlib import Path

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
) -> TrainSpec:
    """Return the spec; `token` and `initializer` have been checked against the base.

    `base_resolution` is the side in pixels that is taken where the settings leave it open.
    """
    return TrainSpec(
        job_id=job_id,
        token=token,
        initializer=initializer,
        learnable_property=learnable_property,
        vectors=settings.vectors,
        base=str(base),
        base_hash=base_hash,
        resolution=settings.resolution or base_resolution,
        max_steps=settings.max_steps,
        batch_size=settings.batch_size,
        gradient_accumulation=settings.gradient_accumulation,
        learning_rate=settings.learning_rate,
        schedule=settings.schedule,
        warmup_steps=settings.warmup_steps,
        seed=settings.seed,
        precision=settings.precision,
        compile_unet=settings.compile_unet,
        profile=settings.profile,
        eval_interval=settings.eval_interval,
        checkpoint_interval=settings.checkpoint_interval,
        flip=settings.flip,
        center_crop=settings.center_crop,
        preview_interval=settings.preview_interval,
        preview_prompts=settings.preview_prompts,
        save_full_pipeline=settings.save_full_pipeline,
        deadline_seconds=settings.job_deadline_minutes * 60,
    )
