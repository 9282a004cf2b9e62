"""Anchors against what the detector's own graph makes of its answers."""

import numpy as np
import openvino

from bwc.redaction import models
from bwc.redaction.anchors import anchors, boxes_from
from bwc.redaction.detect import PERSON_ENTRY, PERSON_SIDE
from bwc.settings import load_settings


def test_boxes_are_those_that_the_graph_itself_would_make() -> None:
    reader = openvino.frontend.FrontEndManager().load_by_framework("tf")
    graph = reader.load(str(models.load("pedestrian-ssdlite", load_settings().models_folder)))
    entry = graph.get_place_by_tensor_name(PERSON_ENTRY)
    wanted = ("Squeeze:0", "Postprocessor/Decode/transpose_1:0")
    graph.extract_subgraph([entry], [graph.get_place_by_tensor_name(name) for name in wanted])
    graph.set_partial_shape(entry, openvino.PartialShape([1, PERSON_SIDE, PERSON_SIDE, 3]))
    graph.set_element_type(entry, openvino.Type.f32)
    model = reader.convert(graph)
    picture = next(one for one in model.get_parameters() if PERSON_ENTRY in one.output(0).names)
    whole = openvino.Model(model.get_results(), [picture], "people")
    exact = openvino.Core().compile_model(whole, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    noise = np.random.default_rng(3).uniform(0, 255, (1, PERSON_SIDE, PERSON_SIDE, 3))
    answers, boxes = (np.array(out) for out in exact([noise.astype(np.float32)]).values())
    assert anchors().shape == (1917, 4)
    assert np.abs(boxes_from(answers[0], anchors()) - boxes).max() < 1e-6
