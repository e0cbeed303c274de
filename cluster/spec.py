"""Everything one training run needs to know, as it stands in `spec.json`."""

import hashlib
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class LearnableProperty(StrEnum):
    """What the pictures have in common; it chooses the training prompts."""

    OBJECT = "object"
    """The thing that is shown."""
    STYLE = "style"
    """The manner in which things are shown."""


class Precision(StrEnum):
    """Number format of the frozen U-Net, VAE and text encoder. The rows are always fp32."""

    AUTO = "auto"
    """bf16 where the CPU computes in it, else fp32; each rank's host must answer alike."""
    BF16 = "bf16"
    FP32 = "fp32"


class Profile(StrEnum):
    """Which software the ranks run on."""

    NATIVE = "native"
    """PyTorch alone, collectives over gloo."""
    INTEL = "intel"
    """Intel Extension for PyTorch and oneCCL bindings beside their matching PyTorch."""


class LauncherKind(StrEnum):
    """What starts the ranks."""

    AUTO = "auto"
    """Hydra where Intel MPI is installed, else torchrun."""
    HYDRA = "hydra"
    """Intel MPI's mpiexec.hydra."""
    TORCHRUN = "torchrun"
    """PyTorch's own launcher, one host only."""


class Recipe(StrEnum):
    """Where the switches of a run stand unless they are set one by one."""

    FIGMENT = "figment"
    """Every gain over the reference is on."""
    REFERENCE = "reference"
    """The arithmetic of diffusers' examples/textual_inversion as the original recipe runs it."""


class Schedule(StrEnum):
    """Course of the learning rate after its warm-up."""

    CONSTANT = "constant"
    COSINE = "cosine"


def tokens_of(token: str, vectors: int) -> tuple[str, ...]:
    """One token a row, named as diffusers names them: `<x>`, `<x>_1`, `<x>_2`..."""
    return (token, *(f"{token}_{k}" for k in range(1, vectors)))


MOST_PREVIEWS = 6
"""Prompts of previews: the other ranks wait while rank 0 draws them."""


COMPILING_SECONDS = 900.0
"""How much longer ranks may stand still where they compile."""


class TrainSpec(BaseModel):
    """One run of textual inversion (arXiv 2208.01618). Frozen, versioned, compared by hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    job_id: str
    token: str
    """Placeholder token with its brackets."""
    initializer: str
    """Word of the base's vocabulary, one token, whose row training starts from."""
    learnable_property: LearnableProperty = LearnableProperty.OBJECT
    vectors: int = Field(default=1, ge=1, le=32)
    """Rows of the token table the concept takes."""
    base: str
    """Folder of the base model, the same path on every host."""
    base_hash: str
    resolution: int = Field(ge=64, le=2048, multiple_of=8)
    """Side of the square training pictures in pixels."""
    max_steps: int = Field(default=200, ge=1)
    batch_size: int = Field(default=4, ge=1)
    """Pictures a rank and micro-step."""
    gradient_accumulation: int = Field(default=1, ge=1)
    """Micro-steps a step."""
    learning_rate: float = Field(default=5e-2, gt=0, le=1)
    schedule: Schedule = Schedule.CONSTANT
    average: float = Field(default=0.97, ge=0, lt=1)
    """Share of the average of the rows that a step leaves; 0 takes the rows as they are."""
    warmup_steps: int = Field(default=5, ge=0)
    scale_lr: bool = False
    """Whether the learning rate is multiplied by the samples of a step."""
    cap_lr: bool = True
    """Whether multiplying stops at the highest that was measured."""
    weight_decay: float = Field(default=0.0, ge=0)
    seed: int = Field(default=7, ge=0, lt=2**31)
    """Each rank adds its number, and NumPy takes no seed from 2**32 on."""
    precision: Precision = Precision.AUTO
    compile_unet: bool = False
    """Whether the U-Net is compiled before the first step, into kernels of its own."""
    profile: Profile = Profile.NATIVE
    flip: bool = True
    """Whether mirrored pictures are trained on too."""
    center_crop: bool = True
    """Whether pictures are made square by cutting their longer side, and not by squeezing it."""
    repeats: int = Field(default=1, ge=1, le=10_000)
    """How often each picture comes before all have come."""
    whole_table: bool = False
    """Whether the whole token table is optimised, reduced and restored in each step."""
    encode_each_step: bool = False
    """Whether pictures go through the VAE in each step, not once."""
    channels_last: bool = True
    """Whether the U-Net's weights lie channels last."""
    short_backward: bool = True
    """Whether the backward pass leaves out the U-Net's down blocks."""
    same_noise: bool = False
    """Whether all ranks draw the same noise and timesteps, as with one seed for all."""
    stratify: bool = True
    """Whether timesteps are spread evenly over ranks and steps."""
    one_sentence: bool = True
    """Whether the pictures of a micro-step share a sentence, which is encoded once for them."""
    sample_tempering: float = Field(default=0.0, ge=0, le=1)
    """Power of its own norm by which a sample's gradient is divided: 0 leaves all as they are, at
    1 all weigh the same."""
    hold_back: bool = True
    """Whether one picture of five or more is only measured on."""
    choose_start: bool = False
    """Whether the words near the initializer are tried as starts, too."""
    keep_best: bool = True
    """Whether the best rows become the concept, not the last."""
    caption: str = ""
    """The best description in words, to be compared with; none leaves the share of the gap out."""
    score: bool = True
    """Whether pictures are drawn at the end to see how good the concept is."""
    clip: str = ""
    """Folder of the CLIP model for CLIP-I and CLIP-T, the same path on every host; may be left
    out."""
    evaluation_draws: int = Field(default=16, ge=1)
    """Noise and timestep pairs of the fixed evaluation batch."""
    eval_interval: int = Field(default=20, ge=1)
    checkpoint_interval: int = Field(default=50, ge=1)
    preview_interval: int = Field(default=0, ge=0)
    """Steps between preview pictures; 0 for none."""
    preview_prompts: tuple[str, ...] = Field(
        default=("a photo of {}",), min_length=1, max_length=MOST_PREVIEWS
    )
    """One picture each; the first stands for the concept wherever there is room for one."""
    preview_steps: int = Field(default=12, ge=1)
    preview_vae: str = ""
    """Folder of the AutoencoderTiny that draws previews, the same path on every host; the base's
    own VAE without one."""
    save_full_pipeline: bool = False
    """Whether the run leaves a whole pipeline that knows the concept, beside its rows."""
    stop_when_flat: bool = True
    """Whether the run ends early once its evaluation loss has flattened."""
    deadline_seconds: float = Field(default=7200, gt=0)
    process_group_timeout_seconds: float = Field(default=120, gt=0)
    """How long a rank waits for the others to draw a preview; longer where they have more to do."""

    @property
    def placeholder_tokens(self) -> tuple[str, ...]:
        """One token a row."""
        return tokens_of(self.token, self.vectors)

    @property
    def hash(self) -> str:
        """SHA-256 of the spec's canonical JSON, hex."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
