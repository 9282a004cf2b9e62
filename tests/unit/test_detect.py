"""Finders in many threads from a cold start."""

import subprocess
import sys

# Two in three such starts hang where nothing read a tensor before the threads began.
COLD_START = """
import sys, threading
sys.setswitchinterval(1e-6)
import numpy as np, openvino
from openvino import opset8
import bwc.redaction.detect

number = opset8.parameter([1, 8], np.float32)
model = openvino.Model([opset8.add(number, number).output(0)], [number], "twice")
compiled = openvino.Core().compile_model(model, "CPU")
requests = [compiled.create_infer_request() for _ in range(8)]
together = threading.Barrier(8)
answers = []

def ask(request):
    together.wait()
    request.infer([np.ones((1, 8), np.float32)])
    answers.append(request.output_tensors[0].data.sum())

threads = [threading.Thread(target=ask, args=(request,)) for request in requests]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert answers == [16.0] * 8, answers
"""


def test_finders_start_cold_in_many_threads_without_waiting_for_each_other() -> None:
    for _ in range(3):
        subprocess.run([sys.executable, "-c", COLD_START], check=True, timeout=60)
