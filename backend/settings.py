"""Settings of queue and rendering, read once from the environment and `.env`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.recipe import RenderPrecision, Sampler


class BackendSettings(BaseSettings):
    """Where things are kept, what a picture costs, how much runs at once."""

    model_config = SettingsConfigDict(
        env_prefix="FIGMENT_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    data: Path = Path("data")
    """Folder of runs, uploads, concepts and pictures; shared by all workers."""
    database_url: str = ""
    """SQLAlchemy URL (async driver); empty for SQLite in the data folder."""
    base: str = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    """Base model: a folder in diffusers format, or a Hub id."""

    pictures: int = Field(default=4, ge=1)
    """Pictures drawn for a request that names no number."""
    max_pictures: int = Field(default=8, ge=1)
    """Most pictures that one request may ask for."""
    steps: int = Field(default=20, ge=1)
    """Sampling steps of a request that names no number."""
    max_render_steps: int = Field(default=100, ge=1)
    """Most sampling steps that one request may ask for."""
    guidance: float = Field(default=7.5, ge=1, le=30)
    """Guidance scale of a request that names none."""
    guidance_until: float = Field(default=1.0, ge=0, le=1)
    """Share of the steps after which guidance is off, for a request that names none; 0.5 saves a
    quarter of the time."""
    strength: float = Field(default=0.6, gt=0, le=1)
    """How much of a picture that is begun from is made anew, for a request that does not say."""
    sampler: Sampler = next(iter(Sampler))
    """Sampler of a request that names none."""
    width: int = Field(default=0, ge=0)
    """Width of a picture; 0 for the base model's own size."""
    height: int = Field(default=0, ge=0)
    """Height of a picture; 0 for the base model's own size."""
    max_side: int = Field(default=1024, ge=64)
    """Largest width or height in pixels."""

    slots: int = Field(default=1, ge=1)
    """Training jobs that run at the same time."""
    job_retries: int = Field(default=2, ge=0)
    """Further attempts for a job that failed because of a machine."""
    tick_seconds: float = Field(default=1.0, gt=0)
    """How often the dispatcher looks at queue and running jobs."""
    lease_seconds: float = Field(default=60.0, gt=0)
    """After so long without a sign of life, a claim is given to somebody else."""
    worker_batch: int = Field(default=4, ge=1)
    """Most pictures that a worker takes at once; no more than it draws side by side, which is one
    for each NUMA node."""
    safety_checker: bool = True
    """Whether pictures that the base model's safety checker flags are held back."""
    blocklist: Path | None = None
    """Words and phrases that no prompt may have: a text file, one a line; those after a line such
    as [T0123] hold in that workspace alone."""
    render_precision: RenderPrecision = RenderPrecision.AUTO
    """Number format of drawing; int8 once `figment model prepare --int8` has made it ready."""
    workers: int = Field(default=1, ge=0)
    """Rendering processes started beside the bot; 0 when they run elsewhere."""
    pin_workers: bool = False
    """Whether each of these stays on the cores and the memory of one NUMA node; best with as many
    workers as there are nodes."""

    @property
    def url(self) -> str:
        """The database URL in force."""
        if self.database_url:
            return self.database_url
        return f"sqlite+aiosqlite:///{(self.data / 'figment.db').as_posix()}"
