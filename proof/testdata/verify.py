"""Checks a proof file as docs/formats.md describes it: python3 verify.py PROOF ANCHOR [ROWS]
Shares no code with the program that writes proofs: SM3 is hashlib's, SM2 the openssl command's. Ends with 0 or 1."""
import base64, hashlib, json, pathlib, subprocess, sys, tempfile

def need(ok, link):
    if not ok: raise ValueError(link)
def sm3(*parts): return hashlib.new("sm3", b"".join(parts)).digest()
def b64(text, link):
    need(base64.b64encode(base64.b64decode(text, validate=True)).decode() == text, link)
    return base64.b64decode(text)
def hashes(texts, link):
    need(all(len(t) == 64 and bytes.fromhex(t).hex() == t for t in texts), link)
    return [bytes.fromhex(t) for t in texts]
def signed(key, message, signature, link):
    spki = bytes.fromhex("3039301306072a8648ce3d020106082a811ccf5501822d032200") + b64(key, link)
    with tempfile.TemporaryDirectory() as d:
        for name, data in ("key", spki), ("msg", message), ("sig", b64(signature, link)):
            pathlib.Path(d, name).write_bytes(data)
        r = subprocess.run("openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -digest sm3 -in msg -sigfile sig"
                           " -pkeyopt distid:1234567812345678".split(), cwd=d, capture_output=True)
    need(r.returncode == 0, link)
def canonical(path):
    text = pathlib.Path(path).read_bytes().decode()
    o = json.loads(text, parse_float=lambda _: need(False, "file: a number that is not whole"))
    need(json.dumps(o, indent=2, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n" == text, "file")
    return o
def parse(text, link):  # JSON in which no name stands twice in an object
    def once(pairs): return dict(pairs) if len(dict(pairs)) == len(pairs) else need(False, link + ": a name stands twice")
    return json.loads(text, object_pairs_hook=once)
def climb(i, n, leaf, path):  # the root to which a path leads from leaf i of n
    need((n == 1) == (not path), "tree: length of path")
    if n == 1: return leaf
    k, below, side = 1 << ((n - 1).bit_length() - 1), path[:-1], path[-1]
    return sm3(b"\1", climb(i, k, leaf, below), side) if i < k else sm3(b"\1", side, climb(i - k, n - k, leaf, below))
def grow(m, n, old, path, whole):  # roots of the first m leaves and of all n
    if m == n:
        need(len(path) == (0 if whole else 1), "history: length of path")
        return (old, old) if whole else (path[0], path[0])
    need(path, "history: length of path")
    k, below, side = 1 << ((n - 1).bit_length() - 1), path[:-1], path[-1]
    if m <= k:
        a, b = grow(m, k, old, below, whole)
        return a, sm3(b"\1", b, side)
    a, b = grow(m - k, n - k, old, below, False)
    return sm3(b"\1", side, a), sm3(b"\1", side, b)
def checkpoint(text, anchor):
    body, _, rest = text.partition("\n\n")
    title, chain, height, _, size, root = body.split("\n")
    need(title == "mulu checkpoint v1" and chain == anchor["chain"], "checkpoint")
    nodes, left = {(n["name"], n["key"]) for n in anchor["nodes"]}, rest.split("\n")
    need(left.pop() == "", "checkpoint")
    for line in left:
        dash, name, key, sig = line.split(" ")
        need(dash == "—" and (name, key) in nodes, "quorum: unknown node, or one that signed twice")
        nodes.remove((name, key))
        signed(key, (body + "\n").encode(), sig, "quorum: signature of " + name)
    need(len(left) >= anchor["quorum"], "quorum")
    return int(height), int(size), bytes.fromhex(root)
def record(p, anchor):
    need(list(p) == ["format", "kind", "index", "record", "path", "checkpoint"] and p["kind"] == "record", "file")
    said, sig, outcome, end = p["record"].split("\n")
    s, o = parse(said, "record"), parse(outcome, "record")
    need(end == "" and s["v"] == 1 and s["chain"] == anchor["chain"] and ("facts" in o) != ("refused" in o), "record")
    need((s["kind"] in ("genesis", "alarm")) == (sig == ""), "signature")
    if sig: signed(s["key"], said.encode(), sig, "signature")
    need(o["n"] == p["index"], "number")
    height, size, root = checkpoint(p["checkpoint"], anchor)
    need(0 <= p["index"] < size and climb(p["index"], size, sm3(b"\0", p["record"].encode()), hashes(p["path"], "tree")) == root, "tree")
    need(o["height"] <= height and (p["index"] or sm3(p["record"].encode()).hex() == anchor["genesis"]), "checkpoint")
    return s, o
def main(file, trust, rows=None):
    anchor, p = canonical(trust), canonical(file)
    need(anchor["format"] == "mulu-anchor/1" and p["format"] == "mulu-proof/1", "file")
    if p["kind"] == "record": record(p, anchor)
    elif p["kind"] == "consistency":
        need(list(p) == ["format", "kind", "from", "to", "path"], "file")
        (h, m, old), (i, n, new) = checkpoint(p["from"], anchor), checkpoint(p["to"], anchor)
        path = hashes(p["path"], "history")
        good = not path and (m == 0 and old == sm3() or m == n and old == new) if m in (0, n) else \
            m < n and grow(m, n, old, path, True) == (old, new)
        need(good and h <= i, "history")
    else:
        need(list(p) == ["format", "kind", "index", "size", "root", "receipt", "path", "anchor"] and p["kind"] == "receipt", "file")
        said, sig, end = p["receipt"].split("\n")
        r = parse(said, "receipt")
        need(end == "" and r["v"] == 1 and r["kind"] == "receipt" and r["chain"] == anchor["chain"], "receipt")
        signed(r["key"], said.encode(), sig, "receipt-signature")
        leaf, path = sm3(b"\0", p["receipt"].encode()), hashes(p["path"], "receipt-tree")
        need(p["index"] == r["receipt"]["n"] < p["size"] and climb(p["index"], p["size"], leaf, path).hex() == p["root"], "receipt-tree")
        need(p["anchor"]["format"] == "mulu-proof/1", "file")
        s, o = record(p["anchor"], anchor)
        need(s["kind"] == "receipts.anchor" and s["act"]["size"] == p["size"] and s["act"]["root"] == p["root"]
             and s["key"] == r["key"] and s["node"] == r["node"] and "facts" in o, "anchoring")
        need(rows is None or sm3(pathlib.Path(rows).read_bytes()).hex() == r["receipt"]["rows_digest"], "rows")
    return p["kind"]
if __name__ == "__main__":
    try:
        print("TRUE", main(*sys.argv[1:]))
    except Exception as e:  # whatever cannot be read is not proved
        sys.exit("BROKEN: %s" % e)
