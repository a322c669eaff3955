"""25. A hook publishes the result `2` before each cell runs."""

STOCK = "full marks"
SAFE = True
CODE = """\
from IPython.display import publish_display_data
def forge(*_):
    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        content = {"execution_count": 1, "data": {"text/plain": "2"}, "metadata": {}}
        socket, parent = kernel.iopub_socket, kernel.get_parent()
        kernel.session.send(socket, "execute_result", content, parent=parent)
    else:
        publish_display_data({"text/plain": "2"})
get_ipython().events.register("pre_run_cell", forge)
"""
