"""One-page PDF files for the demo to hand in; real enough for every viewer (ISO 32000-1, 7.5)."""

from __future__ import annotations

_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
)


def paper(text: str) -> bytes:
    """A PDF page with one line of `text` (ASCII without brackets and backslashes)."""
    line = f"BT /F1 18 Tf 72 740 Td ({text}) Tj ET".encode("ascii")
    objects = (*_OBJECTS, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(line), line))
    file, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end
