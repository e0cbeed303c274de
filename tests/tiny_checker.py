"""A safety checker of Stable Diffusion's shape with random weights, which flags all or nothing."""

import json
from pathlib import Path


def add_tiny_checker(base: Path, *, flags: bool) -> Path:
    """Put a safety checker into the base model folder `base` and return it.

    Its thresholds are such that it flags every picture, or none: cosines are from -1 to 1.
    """
    import torch
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPConfig, CLIPImageProcessorPil

    side = 32
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
             "num_attention_heads": 2}  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        checker = StableDiffusionSafetyChecker(
            CLIPConfig(
                text_config=small,
                vision_config={**small, "image_size": side, "patch_size": 8},
                projection_dim=8,
            )
        )
        checker.concept_embeds.data.normal_()
        checker.special_care_embeds.data.normal_()
    checker.special_care_embeds_weights.data.fill_(2)
    checker.concept_embeds_weights.data.fill_(-2 if flags else 2)
    checker.save_pretrained(base / "safety_checker")
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": side}, crop_size={"height": side, "width": side}
    )
    processor.save_pretrained(base / "feature_extractor")
    index = json.loads((base / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    (base / "model_index.json").write_text(json.dumps(index))
    return base
