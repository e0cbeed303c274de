"""What a learned concept's file says of its learning."""

from cluster.run_dir import Scores
from cluster.spec import TrainSpec


def metadata_of(
    spec: TrainSpec, step: int, initial_eval_loss: float, best_eval_loss: float, scores: Scores
) -> dict[str, str]:
    """The file's metadata; safetensors holds words only.

    `step` is the one whose rows are in the file, `best_eval_loss` its evaluation loss.
    `improvement` is the share of the initial loss that is gone; left out where that was nothing.
    """
    told = {
        "token": spec.token,
        "initializer": spec.initializer,
        "base_hash": spec.base_hash,
        "spec_hash": spec.hash,
        "step": str(step),
        "initial_eval_loss": f"{initial_eval_loss:.6g}",
        "best_eval_loss": f"{best_eval_loss:.6g}",
    }
    if initial_eval_loss > 0:
        told["improvement"] = f"{1 - best_eval_loss / initial_eval_loss:.6g}"
    told |= {k: f"{v:.4g}" for k, v in scores.model_dump(exclude_none=True).items()}
    return told
