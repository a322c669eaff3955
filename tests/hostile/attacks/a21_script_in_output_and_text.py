"""21. HTML with a script, as output and as markdown: it would run in the instructor's browser."""

STOCK = "runs in formgrader"
SAFE = True
SHOWN = "<script>document.title='owned'</script>"
ANSWER = {
    "double": f"""from IPython.display import HTML, display
display(HTML({SHOWN!r}))
def double(x):
    return x
""",
    "written": f"{SHOWN} <img src=x onerror=alert(1)> I think so. " * 3,
}
