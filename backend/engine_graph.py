"""Changes to the exported graphs, before they are kept."""

import openvino as ov
from openvino import opset15 as ops

CONCEPT_ROWS = "concept_rows"
"""Name of the text encoder's second input: float32 [m, hidden], m >= 1."""


def add_concept_rows(encoder: ov.Model, table_rows: int, hidden: int) -> None:
    """Let the text encoder look ids from `table_rows` on up in a second input, `concept_rows`.

    So a concept is data of a call: it causes neither an export nor a compilation, and calls
    with different concepts share one compiled graph. Out-of-range ids are not noticed by the
    graph. Raises ValueError if the token table cannot be told.
    """
    lookups = [
        node
        for node in encoder.get_ordered_ops()
        if node.get_type_name() == "Gather" and _shape(node.input_value(0)) == [table_rows, hidden]
    ]
    if len(lookups) != 1:
        raise ValueError(f"the text encoder looks tokens up in {len(lookups)} places")
    rows = ops.parameter(ov.PartialShape([-1, hidden]), ov.Type.f32, name=CONCEPT_ROWS)
    rows.output(0).get_tensor().set_names({CONCEPT_ROWS})
    both = ops.concat([lookups[0].input_value(0), rows.output(0)], axis=0)
    lookups[0].input(0).replace_source_output(both.output(0))
    encoder.add_parameters([rows])
    encoder.validate_nodes_and_infer_types()


def take_fractional_timesteps(unet: ov.Model) -> None:
    """Let the U-Net read its timestep as float32 [B].

    It is exported for whole numbers, but Euler's methods also step between those; cut to whole
    ones they would draw other pictures.
    """
    unet.input("timestep").get_node().set_element_type(ov.Type.f32)
    unet.validate_nodes_and_infer_types()


def take_prompts_of_any_length(unet: ov.Model) -> None:
    """Let the U-Net read hidden states [B, L, H] of any L; it is exported for one block's."""
    states = unet.input("encoder_hidden_states")
    shape = states.get_partial_shape()
    shape[1] = -1
    states.get_node().set_partial_shape(shape)
    unet.validate_nodes_and_infer_types()


def _shape(output: ov.Output) -> list[int] | None:
    shape = output.get_partial_shape()
    return list(shape.to_shape()) if shape.is_static else None
