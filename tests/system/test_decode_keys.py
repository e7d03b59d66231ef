"""glint decode with keys: the specification's sample session, a pairing on the air, and recorders that had the key."""

import json
import struct
import subprocess

import kit
from test_decode import decode, packets, tshark

# Vol 6 Part C 1: the key, and the packets of its session, header to MIC; True: from the central.
SAMPLE_LTK = "4c68384139f574d836bcf34e9dfb01bf"
LEGIBLE = [(True, "0f17039078563412efcdab74241302f1e0dfcebdac24abdcba"),
           (False, "0b0d047968574635241302bebaafde"),
           (False, "070105")]
SEALED = [(True, "0f059fcda7f448"),
          (False, "0705a34c13a415"),
          (True, "0e1f7a70d66415226df26b17839a060405596bd6564f796b5b9ce6ff32f75a6d33"),
          (False, "061ff38881e7bd94c9c369b9a66846dd4786aa8c39ce540d0dae3adcdf89b96088")]
PLAIN = ["06", "06", "1700636465666768696a6b6c6d6e6f707131323334353637383930",
         "170037363534333231304142434445464748494a4b4c4d4e4f5051"]
VALUES = ["65666768696a6b6c6d6e6f707131323334353637383930", "3534333231304142434445464748494a4b4c4d4e4f5051"]
ACCESS_ADDRESS = 0x12345678
DEWHITENED, DECRYPTED, MIC_CHECKED, MIC_VALID, AGAIN = 0x0001, 0x0008, 0x1000, 0x2000, 0x10000


def pcap(place, name, pdus):
    """(from the central, octets, more flags) of one connection, a millisecond apart. The sequence numbers of the sample
    leave out what was acknowledged in between; a MIC does not cover them, so here each side counts on, unless AGAIN."""
    sn = {True: 0, False: 0}
    path = place.folder / name
    octets = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 256)
    for i, (central, pdu, flags) in enumerate(pdus):
        sn[central] ^= not flags & AGAIN
        pdu = f"{int(pdu[:2], 16) & ~8 | sn[central] << 3:02x}" + pdu[2:]
        flags = flags & 0xFFFF | DEWHITENED | (2 if central else 3) << 7
        packet = struct.pack("<BbxxIHI", 9, -40, 0, flags, ACCESS_ADDRESS) + bytes.fromhex(pdu) + b"crc"
        octets += struct.pack("<IIII", 1, 1000 * i, len(packet), len(packet)) + packet
    path.write_bytes(octets)
    return path


def seen(got):
    return [(p["name"], p.get("value")) for p in got]


READ = [("LL_START_ENC_RSP", None), ("LL_START_ENC_RSP", None), ("channel 0x6463", VALUES[0]), ("channel 0x3637", VALUES[1])]


def sample_session(place):
    begin = [(c, p, 0) for c, p in LEGIBLE]
    path = pcap(place, "sample.pcap", begin + [(c, p, 0) for c, p in SEALED])
    for key in (SAMPLE_LTK, SAMPLE_LTK.upper(), bytes.fromhex(SAMPLE_LTK)[::-1].hex()):
        got = packets(place, path, "--ltk", "00" * 16, "--ltk", key)
        assert seen(got[3:]) == READ and all(p["encryption"] == "opened" for p in got[3:]), got
    wrong = decode(place, path, "--ltk", "ff" * 16).stdout
    assert wrong.count("encrypted PDU") == 4 and "no key that is known opens it" in wrong, wrong
    assert decode(place, path).stdout.count("encrypted PDU") == 4
    # One bit of what was sent, a packet that the trace lacks, one that came twice.
    bent = SEALED[2][1][:-2] + f"{int(SEALED[2][1][-2:], 16) ^ 1:02x}"
    got = packets(place, pcap(place, "bent.pcap", begin + [(c, p, 0) for c, p in (*SEALED[:2], (True, bent), SEALED[3])]),
                  "--ltk", SAMPLE_LTK)
    assert [p["name"] for p in got[5:]] == ["encrypted PDU", "channel 0x3637"], got
    got = packets(place, pcap(place, "lacks.pcap", begin + [(c, p, 0) for c, p in SEALED[2:]]), "--ltk", SAMPLE_LTK)
    assert seen(got[3:]) == READ[2:], got
    got = packets(place, pcap(place, "twice.pcap", begin + [(c, p, 0) for c, p in SEALED] + [(*SEALED[3], AGAIN)]), "--ltk", SAMPLE_LTK)
    assert [p["name"] for p in got[6:]] == ["channel 0x3637", "retransmission"], got
    # Refreshed: the pause is legible when the central has answered it; then a session begins anew.
    got = packets(place, pcap(place, "afresh.pcap", [(c, p, 0) for c, p in (
        *LEGIBLE, *SEALED, (True, "07010b"), *LEGIBLE, *SEALED)]), "--ltk", SAMPLE_LTK)
    assert seen(got[3:]) == [*READ, ("LL_PAUSE_ENC_RSP", None), *seen(got[:3]), *READ], got


def opened_by_the_recorder(place):
    """The flags of the pcap say so; the MIC is there or not."""
    def headed(i, mic):
        size = len(PLAIN[i]) // 2 + (4 if mic else 0)
        return SEALED[i][1][:2] + f"{size:02x}" + PLAIN[i] + (SEALED[i][1][-8:] if mic else "")
    for name, mic, flags in (("stripped", False, DECRYPTED), ("kept", True, DECRYPTED | MIC_CHECKED | MIC_VALID)):
        path = pcap(place, name, [(c, p, 0) for c, p in LEGIBLE] +
                    [(SEALED[i][0], headed(i, mic), flags) for i in range(4)])
        assert seen(packets(place, path)[3:]) == READ, name


def pairing(place):
    """(HCI traces of both hosts, the air's pcap): paired, and read."""
    path, folder = place.folder / "air.sock", place.folder / "hci"
    folder.mkdir()
    air = place.start("glint-air", "--socket", str(path), "--verbose", "--btsnoop", str(folder), "--pcap",
                      str(place.folder / "air.pcap"))
    air.line("serving on")
    uri = f"unix:{path}"
    peer = place.start("peer-pairs", "none", GLINT_DRIVER=uri)
    air.line("host 1 is here")
    words = [word for command in ("pair", "read c002") for word in ("-c", command)]
    result = place.run("glint", "monitor", "--name", "Pairs", "--interval", "7.5", "--driver", uri, *words)
    assert result.returncode == 0, result
    peer.end()
    assert air.process.wait(kit.DEADLINE_S) == 0
    return folder / "host-1.btsnoop", folder / "host-2.btsnoop", place.folder / "air.pcap"


def keys_of(path):
    """As tshark shows them in LE Enable Encryption: in the order of the air."""
    result = subprocess.run(["tshark", "-n", "-r", str(path), "-Y", "bthci_cmd.opcode == 0x2019", "-T", "fields", "-e",
                             "bthci_cmd.le_long_term_key"], text=True, capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.replace(":", "").split()


def a_pairing(place):
    peripheral, central, air = pairing(place)
    (key,) = keys_of(central)
    written = [f["btatt.opcode"] for f in tshark(central) if f["btatt.opcode"] is not None]
    for got in (packets(place, air, "--ltk", key), [p for p in packets(place, air, central) if p["file"] == "air"],
                [p for p in packets(place, peripheral, air) if p["file"] == "air"]):
        assert not any(p["name"] == "encrypted PDU" or p.get("malformed") for p in got)
        assert [p["opcode"] for p in got if p["layer"] == "att"] == written and len(written) > 20
        assert [p["name"] for p in got].count("LL_START_ENC_RSP") == 2, got
        assert any(p["name"] == "Read Response" and p.get("encryption") == "opened" for p in got)
    sealed = packets(place, air)
    assert sum(p["name"] == "encrypted PDU" for p in sealed) == sum(p.get("encryption") == "opened" for p in got)
    assert not any(p.get("malformed") or p.get("encryption") for p in sealed)
    assert "decrypted, ch " in decode(place, air, "--ltk", key).stdout
    pairing_is_legible(place, central)


def pairing_is_legible(place, hci):
    smp = decode(place, hci, "--only", "smp").stdout
    for words in ("Pairing Request", "Pairing Response", "Pairing Public Key", "Pairing DHKey Check", "Identity Information"):
        assert words in smp, smp


def usage(place):
    for text in ("12", "0x" + SAMPLE_LTK[2:], SAMPLE_LTK + "0", "g" * 32):
        result = decode(place, "x", "--ltk", text, code=2)
        assert result.stderr.count("\n") == 1 and f"--ltk {text}: a long term key is 32 hexadecimal digits" in result.stderr, result


if __name__ == "__main__":
    kit.main(sample_session, opened_by_the_recorder, a_pairing, usage)
