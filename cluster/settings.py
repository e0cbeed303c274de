"""Settings of the training cluster, read once from the environment and `.env`."""

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cluster.spec import MOST_PREVIEWS, LauncherKind, Precision, Profile, Recipe, Schedule


class ClusterSettings(BaseSettings):
    """Where training runs and how much of it."""

    model_config = SettingsConfigDict(
        env_prefix="FIGMENT_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    hostfile: Path | None = None
    """One host a line, the main host first; none for this machine alone."""
    ranks: int = Field(default=2, ge=1)
    """Ranks on each host."""
    threads_per_rank: int = Field(default=0, ge=0)
    """OpenMP threads of a rank; 0 shares the host's cores among its ranks."""
    launcher: LauncherKind = LauncherKind.AUTO
    """What starts the ranks."""
    profile: Profile = Profile.NATIVE
    """Which software the ranks run on."""
    iface: str = ""
    """This machine's network interface towards the hosts; empty to find it from the route."""
    master_port: int = Field(default=0, ge=0, le=65535)
    """Port of the main host at which ranks meet; 0 for a free one for each job."""
    ssh_config: Path | None = None
    """An ssh_config for the hosts; none for ssh's own."""
    cluster_env: dict[str, str] = Field(default_factory=dict)
    """JSON of variables for launcher and ranks; goes over what is derived, such as FI_PROVIDER."""
    precision: Precision = Precision.AUTO
    """Number format of the frozen parts in training."""
    compile_unet: bool = False
    """Whether ranks compile the U-Net before their first step, which takes minutes once and is kept
    beside the runs; needs g++ and python3-dev on every host, and the native profile."""

    recipe: Recipe = Recipe.FIGMENT
    """Where the settings below stand unless they are set: all gains on, or the reference."""
    max_steps: int = Field(default=200, ge=1)
    """Limit of a run; it ends earlier once it has flattened."""
    vectors: int = Field(default=1, ge=1, le=32)
    """Rows of the token table that a concept takes; each is a token of the prompt's 75."""
    batch_size: int = Field(default=4, ge=1)
    """Pictures a rank and micro-step."""
    gradient_accumulation: int = Field(default=1, ge=1)
    """Micro-steps whose gradients make a step."""
    learning_rate: float = Field(default=5e-2, gt=0, le=1)
    """Peak learning rate of AdamW on the concept's rows."""
    schedule: Schedule = Schedule.CONSTANT
    """Course of the learning rate after its warm-up."""
    average: float = Field(default=0.97, ge=0, lt=1)
    """The concept is a moving average of the rows: the share of it that a step leaves; 0 takes the
    rows as they are."""
    warmup_steps: int = Field(default=5, ge=0)
    """Steps in which the learning rate rises to its peak."""
    scale_lr: bool = False
    """Whether the learning rate is multiplied by the samples of a step."""
    cap_lr: bool = True
    """Whether multiplying the learning rate stops at 0.05, the highest that was measured."""
    weight_decay: float = Field(default=0.0, ge=0)
    """AdamW's weight decay on the concept's rows."""
    flip: bool = True
    """Whether mirrored pictures are trained on too; not for writing, or things with a left."""
    center_crop: bool = True
    """Whether pictures are made square by cutting their longer side, and not by squeezing it."""
    repeats: int = Field(default=1, ge=1, le=10_000)
    """How often each picture comes before all have come; 1 is the most even."""
    seed: int = Field(default=7, ge=0, lt=2**31)
    """Seed of noise, timesteps and pictures; each rank draws its own from it."""
    resolution: int = Field(default=0, ge=0, le=2048, multiple_of=8)
    """Side of training pictures in pixels; 0 for the base model's own."""
    stratify: bool = True
    """Whether timesteps are spread evenly over ranks and steps."""
    same_noise: bool = False
    """Whether all ranks draw the same noise and timesteps; only to measure what that costs."""
    one_sentence: bool = True
    """Whether the pictures of a micro-step share a sentence, which is then encoded once."""
    sample_tempering: float = Field(default=0.0, ge=0, le=1)
    """How far the gradients of a step's pictures are brought to one size: 0 leaves them as they
    are, at 1 all weigh the same."""
    hold_back: bool = True
    """Whether one picture of five or more is kept from training and only measured on."""
    choose_start: bool = False
    """Whether words near the given one are tried, too, and the best is started from; it costs as
    much as some forty steps."""
    keep_best: bool = True
    """Whether the rows of the best evaluation become the concept, not the last."""
    stop_when_flat: bool = True
    """Whether a run ends once its evaluation loss has flattened."""
    whole_table: bool = False
    """Whether the whole token table is optimised; only to measure what that costs."""
    encode_each_step: bool = False
    """Whether pictures go through the VAE in each step; only to measure what that costs."""
    channels_last: bool = True
    """Whether the U-Net's weights lie channels last."""
    short_backward: bool = True
    """Whether the backward pass leaves out the U-Net's down blocks, a quarter of a step's time."""
    score: bool = True
    """Whether pictures are drawn at the end of a run to see how good the concept is."""
    clip: str = ""
    """CLIP model for the scores CLIP-I and CLIP-T: a folder on every host, or a Hub id."""
    evaluation_draws: int = Field(default=16, ge=1)
    """Noise and timestep pairs of the fixed evaluation batch."""
    eval_interval: int = Field(default=20, ge=1)
    """Steps between measurements on the fixed evaluation batch."""
    checkpoint_interval: int = Field(default=50, ge=1)
    """Steps between checkpoints."""
    preview_interval: int = Field(default=25, ge=0)
    """Steps between previews; 0 for none."""
    preview_prompts: tuple[str, ...] = Field(
        default=("a photo of {}",), min_length=1, max_length=MOST_PREVIEWS
    )
    """JSON list of prompts, one preview each, in which {} stands for the concept; cards show the
    first's."""
    preview_vae: str = ""
    """Small VAE that draws previews in place of the base model's: a folder, or a Hub id, of
    diffusers' AutoencoderTiny, such as madebyollin/taesd for Stable Diffusion 1.x and 2.x."""
    save_full_pipeline: bool = False
    """Whether each run also leaves runs/JOB/pipeline, the base with the concept in it: gigabytes
    where files of the base cannot be hard-linked."""
    job_deadline_minutes: float = Field(default=120, gt=0)
    """A run that takes longer is ended."""

    @field_validator("hostfile", "ssh_config")
    @classmethod
    def _found_from_any_folder(cls, file: Path | None) -> Path | None:
        """Hydra starts ssh in the run's folder."""
        return None if file is None else file.expanduser().absolute()

    @field_validator("preview_prompts")
    @classmethod
    def _each_names_the_concept(cls, prompts: tuple[str, ...]) -> tuple[str, ...]:
        for prompt in prompts:
            if prompt.count("{}") != 1 or prompt.count("{") + prompt.count("}") != 2:
                raise ValueError("should have {} in each, once, for the concept")
        return prompts

    @model_validator(mode="after")
    def _compiled_without_ipex(self) -> Self:
        if self.compile_unet and self.profile is Profile.INTEL:
            raise ValueError("FIGMENT_COMPILE_UNET is for the native profile")
        return self

    @field_validator("resolution")
    @classmethod
    def _not_tiny(cls, side: int) -> int:
        if 0 < side < 64:
            raise ValueError("should be 0, or at least 64")
        return side
