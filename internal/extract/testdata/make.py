#!/usr/bin/env python3
"""Writes the containers in files/ with other tools than ours: run it here.

Python's zipfile, zlib, zip, openssl; TNEF by the letter of MS-OXTNEF (read back
with tnef and ytnef when this was written). The people are made up.
"""
import os, struct, subprocess, tempfile, zlib

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")


def save(name, data):
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(data)


# ---- TNEF

DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}"
    b"{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def lzfu(raw):
    """MS-OXRTFCP, with references wherever there is a match."""
    ring = bytearray(DICTIONARY) + bytearray(4096 - len(DICTIONARY))
    at, i, out, tokens = len(DICTIONARY), 0, bytearray(), []

    def put(c):
        nonlocal at
        ring[at] = c
        at = (at + 1) % 4096

    while i < len(raw):
        best, start = 0, 0
        for pos in range(4096):
            if pos == at:
                continue
            n = 0
            while n < 17 and i + n < len(raw) and (pos + n) % 4096 != at and ring[(pos + n) % 4096] == raw[i + n]:
                n += 1
            if n > best:
                best, start = n, pos
        if best >= 2:
            tokens.append((1, struct.pack(">H", start << 4 | best - 2)))
        else:
            best = 1
            tokens.append((0, raw[i : i + 1]))
        for c in raw[i : i + best]:
            put(c)
        i += best
    tokens.append((1, struct.pack(">H", at << 4)))
    for k in range(0, len(tokens), 8):
        group = tokens[k : k + 8]
        out.append(sum(bit << n for n, (bit, _) in enumerate(group)))
        for _, data in group:
            out += data
    crc = 0
    table = []
    for n in range(256):
        c = n
        for _ in range(8):
            c = c >> 1 ^ (0xEDB88320 if c & 1 else 0)
        table.append(c)
    for c in out:
        crc = crc >> 8 ^ table[(crc ^ c) & 0xFF]
    return struct.pack("<II4sI", len(out) + 12, len(raw), b"LZFu", crc) + bytes(out)


def attr(level, tag, data):
    return struct.pack("<BII", level, tag, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def pad(b):
    return b + b"\0" * (-len(b) % 4)


def var(tag, kind, *values):
    return struct.pack("<HHI", kind, tag, len(values)) + b"".join(struct.pack("<I", len(v)) + pad(v) for v in values)


def uni(tag, text):
    return var(tag, 0x1F, (text + "\0").encode("utf-16le"))


def ansi(tag, text, page="cp932"):
    return var(tag, 0x1E, (text + "\0").encode(page))


def long(tag, n):
    return struct.pack("<HHI", 3, tag, n)


def props(*list_):
    return struct.pack("<I", len(list_)) + b"".join(list_)


def tnef(page, *attributes):
    return b"\x78\x9f\x3e\x22\x01\x00" + attr(1, 0x89006, struct.pack("<I", 0x10000)) + attr(1, 0x69007, struct.pack("<II", page, 0)) + b"".join(attributes)


def attachment(title, props_, data=None):
    out = attr(2, 0x69002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0)) + attr(2, 0x18010, (title + "\0").encode("cp932"))
    if data is not None:
        out += attr(2, 0x6800F, data)
    return out + attr(2, 0x69005, props(*props_))


def rtf_bytes(text):
    return "".join("\\'%02x" % c if c > 0x7F or chr(c) in "\\{}" else chr(c) for c in text.encode("cp932"))


def html_in_rtf(html):
    """HTML as Outlook packs it (MS-OXRTFEX): tags in \\*\\htmltag, text beside."""
    import re

    out = "{\\rtf1\\ansi\\ansicpg932\\fromhtml1 \\fbidi \\deff0{\\fonttbl\r\n{\\f0\\fswiss\\fcharset128 MS PGothic;}}\r\n{\\colortbl\\red0\\green0\\blue0;}\r\n\\uc1\\pard\\plain\\deftab360 \\f0\\fs24 \r\n"
    for tag, text in re.findall(r"(<[^>]*>)|([^<]+)", html):
        if tag:
            out += "{\\*\\htmltag64 " + rtf_bytes(tag) + "}\\htmlrtf \\par \\htmlrtf0 "
        else:
            out += rtf_bytes(text)
    return (out + "}\r\n").encode("ascii")


def winmail():
    inner = tnef(
        932,
        attr(1, 0x18004, "内側の件名\0".encode("cp932")),
        attr(1, 0x69003, props(uni(0x1000, "内側の本文 鈴木健一様"))),
        attachment("INNER.TXT", [uni(0x3707, "内側.txt")], "内側のファイル".encode("cp932")),
    )
    recipients = struct.pack("<I", 2) + props(
        long(0x0C15, 1), uni(0x3001, "山田太郎"), uni(0x3003, "taro@example.jp"), uni(0x3002, "SMTP"), var(0x300B, 0x102, b"SMTP:TARO@EXAMPLE.JP\0")
    ) + props(long(0x0C15, 2), ansi(0x3001, "佐藤花子"), ansi(0x39FE, "hanako@example.net"))
    message = struct.pack("<4I", 0x00020307, 0, 0xC0, 0x46000000)
    message = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
    return tnef(
        932,
        attr(1, 0x78008, b"IPM.Microsoft Mail.Note\0"),
        attr(1, 0x18004, "ご注文の確認\0".encode("cp932")),
        attr(1, 0x38005, struct.pack("<7H", 2026, 11, 2, 10, 0, 0, 1)),
        attr(
            1,
            0x69003,
            props(
                long(0x3FDE, 932),
                uni(0x001A, "IPM.Note"),
                uni(0x0C1A, "例示商店"),
                uni(0x0C1F, "shop@shop.example"),
                struct.pack("<HH16sII", 0x1F, 0x8005, bytes(16), 1, 18) + pad("customer\0".encode("utf-16le")) + struct.pack("<II", 1, 10) + pad("K-12\0".encode("utf-16le")),
                var(0x1009, 0x102, lzfu(html_in_rtf("<html><body><p>佐藤花子様</p><p>電話 <b>090-</b>1111-2201</p></body></html>"))),
                var(0x0071, 0x102, bytes(range(22))),
            ),
        ),
        attr(1, 0x69004, recipients),
        attachment("CHUMON~1.CSV", [uni(0x3707, "注文一覧.csv"), uni(0x370E, "text/csv")], "氏名,住所\r\n佐藤花子,大阪府大阪市北区梅田2-4-6\r\n".encode("cp932")),
        attachment("転送", [long(0x3705, 5), var(0x3701, 0x0D, message + inner)]),
    )


def winmail_html():
    html = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp"></head><body>佐藤花子様<img src="cid:logo@shop.example"></body></html>'
    return tnef(
        932,
        attr(1, 0x2800C, "佐藤花子様".encode("cp932")),
        attr(1, 0x69003, props(var(0x1013, 0x102, html.encode("iso-2022-jp")), long(0x3FDE, 50220))),
        attachment("logo.png", [ansi(0x3712, "logo@shop.example")], b"\x89PNG\r\n\x1a\n...."),
    )


# ---- S/MIME

ENTITY = (
    "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n佐藤花子様\r\n"
    "--in\r\nContent-Type: text/csv; charset=utf-8\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n佐藤花子,090-1111-2201\r\n--in--\r\n"
).encode()


def der(tag, *content):
    body = b"".join(content)
    n = len(body)
    size = bytes([n]) if n < 0x80 else (lambda b: bytes([0x80 | len(b)]) + b)(n.to_bytes((n.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + size + body


def compressed_data(data):
    """RFC 3274."""
    oid = lambda h: der(6, bytes.fromhex(h))
    alg = der(0x30, oid("2a864886f70d0109100308"))
    encap = der(0x30, oid("2a864886f70d010701"), der(0xA0, der(4, zlib.compress(data))))
    return der(0x30, oid("2a864886f70d0109100109"), der(0xA0, der(0x30, der(2, b"\0"), alg, encap)))


def smime():
    def run(*args, data=ENTITY):
        return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True).stdout

    with tempfile.TemporaryDirectory() as d:
        key, cert = d + "/key.pem", d + "/cert.pem"
        run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "36500", "-subj", "/CN=Reiji Shoten/emailAddress=shop@shop.example")
        sign = ["-sign", "-binary", "-signer", cert, "-inkey", key]
        save("signed-der.p7m", run("smime", *sign, "-nodetach", "-outform", "DER"))
        save("signed-ber.p7m", run("cms", *sign, "-nodetach", "-stream", "-outform", "DER"))
        save("signed.pem", run("smime", *sign, "-nodetach", "-outform", "PEM"))
        save("signed.eml", run("cms", *sign, "-nodetach", "-stream", "-subject", "signed", "-to", "taro@example.jp"))
        save("detached.eml", run("smime", *sign, "-subject", "detached", "-to", "taro@example.jp"))
        save("signed-twice.p7m", run("cms", *sign, "-nodetach", "-outform", "DER", data=run("smime", *sign)))
        save("signed-wrapped-twice.p7m", run("cms", *sign, "-nodetach", "-outform", "DER", data=run("cms", *sign, "-nodetach")))
        save("signed-file.xml.p7m", run("cms", *sign, "-nodetach", "-outform", "DER", data="<order><name>佐藤花子</name></order>".encode()))
        save("enveloped.p7m", run("cms", "-encrypt", "-outform", "DER", "-aes256", cert))
        save("certificates.p7c", run("crl2pkcs7", "-nocrl", "-certfile", cert, "-outform", "DER"))
        save("detached.p7s", run("cms", *sign, "-outform", "DER"))
    save("compressed.p7m", compressed_data(ENTITY))


# ---- archives


def archives():
    import bz2, gzip, io, tarfile, zipfile

    table = "氏名,電話\n佐藤花子,090-1111-2201\n".encode()
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "佐藤花子.csv")
        with open(path, "wb") as f:
            f.write(table)
        for name, args in {"zip-utf8.zip": ["-q", "-j"], "zip-encrypted.zip": ["-q", "-j", "-P", "secret"]}.items():
            out = os.path.join(d, name)
            subprocess.run(["zip", *args, out, path], check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
            save(name, open(out, "rb").read())
        for name, kind in {"zip-bzip2.zip": zipfile.ZIP_BZIP2, "zip-lzma.zip": zipfile.ZIP_LZMA}.items():
            with zipfile.ZipFile(os.path.join(d, name), "w", kind) as z:
                z.writestr("a.csv", table)
            save(name, open(os.path.join(d, name), "rb").read())
        for name, fmt in {"pax.tar": tarfile.PAX_FORMAT, "gnu.tar": tarfile.GNU_FORMAT, "ustar.tar": tarfile.USTAR_FORMAT}.items():
            b = io.BytesIO()
            with tarfile.open(fileobj=b, mode="w", format=fmt, encoding="cp932" if fmt == tarfile.USTAR_FORMAT else "utf-8") as t:
                info = tarfile.TarInfo("注文/" + "長" * (10 if fmt == tarfile.USTAR_FORMAT else 60) + ".csv")
                info.size, info.uname = len(table), "hanako"
                t.addfile(info, io.BytesIO(table))
            save(name + ".gz", gzip.compress(b.getvalue(), mtime=0))
        save("a.csv.bz2", bz2.compress(table))
        with open(os.path.join(d, "佐藤花子.csv.gz"), "wb") as f:
            subprocess.run(["gzip", "-c", path], check=True, stdout=f)
        save("named.csv.gz", open(f.name, "rb").read())


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    save("winmail.dat", winmail())
    save("winmail-html.dat", winmail_html())
    smime()
    archives()
