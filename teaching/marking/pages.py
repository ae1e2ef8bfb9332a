"""What the pages for students and teachers share: a plain, printable page without scripts that loads nothing."""

from __future__ import annotations

from teaching.marking.safe_html import shown

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.55 system-ui, "Segoe UI", sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto;
  max-width: 46rem; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
body.wide { max-width: 64rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid #1a1a1a; padding-bottom: .2rem; }
h3 { font-size: 1.1rem; margin: 1.8rem 0 .3rem; display: flex; gap: 1rem; justify-content: space-between; }
h3 .points { font-weight: 600; white-space: nowrap; }
h4 { font-size: .9rem; margin: .9rem 0 .2rem; color: #444; }
td a { white-space: nowrap; }
pre { overflow-wrap: anywhere; font: 14px/1.45 ui-monospace, Consolas, monospace; white-space: pre-wrap; background: #f5f5f5;
  border: 1px solid #ccc; border-radius: 4px; padding: .6rem .8rem; margin: .2rem 0; }
blockquote { margin: .2rem 0; border-left: 3px solid #767676; padding-left: .9rem; }
.prompt { color: #333; } .prompt p { margin: .3rem 0; }
.said { border-left: 4px solid #595959; padding: .3rem .8rem; margin: .6rem 0; background: #fafafa; }
.full { border-color: #00735c; } .part { border-color: #8a6100; } .none { border-color: #b34700; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.bar { display: block; height: .6rem; background: #e3e3e3; min-width: 6rem; }
.bar span { display: block; height: 100%; background: #2b5d8a; }
a { color: #0b4f8a; } .small { font-size: .9rem; color: #444; }
@media print { body { font-size: 11pt; max-width: none; padding: 0; } h3, .said { break-inside: avoid; }
  pre { border-color: #888; background: none; } a { color: inherit; } section { break-inside: auto; } }
"""


def page(title: str, body: str, *, wide: bool = False) -> str:
    """Return a whole page; ``body`` is HTML, ``title`` plain text."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"{'<body class=wide>' if wide else '<body>'}\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def number(value: float) -> str:
    """Return a number of points without needless decimals.

    >>> number(3.0), number(1.25)
    ('3', '1.25')
    """
    return f"{round(value, 2):g}"


def points(value: float, out_of: float) -> str:
    """Return points in words.

    >>> points(1, 2)
    '1 of 2 points'
    """
    return f"{number(value)} of {number(out_of)} point{'' if out_of == 1 else 's'}"
