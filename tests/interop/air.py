"""One air for an interop case: starts glint-air on a socket of its own and ends it, and reports cases."""

import asyncio
import contextlib
import os
import pathlib
import sys
import tempfile

BIN = pathlib.Path(os.environ["GLINT_BIN"])


@contextlib.asynccontextmanager
async def air(*options):
    """Yields the path of the socket of a running glint-air."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "air.sock")
        process = await asyncio.create_subprocess_exec(
            BIN / "glint-air", "--socket", path, "--stay", "--verbose", *options,
            stderr=asyncio.subprocess.PIPE)
        try:
            line = await asyncio.wait_for(process.stderr.readline(), 10)
            if b"serving" not in line:
                raise RuntimeError(f"glint-air did not start: {line!r}")
            yield path
        finally:
            process.terminate()
            await process.communicate()


@contextlib.asynccontextmanager
async def program(path, name, *arguments):
    """Runs one of our programs on the air at path; yields the process, its output piped."""
    with tempfile.TemporaryDirectory() as state:
        env = dict(os.environ, GLINT_DRIVER=f"unix:{path}", XDG_STATE_HOME=state)
        process = await asyncio.create_subprocess_exec(
            BIN / name, *arguments, env=env, stdout=asyncio.subprocess.PIPE)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.communicate()


def run(*cases):
    """Runs each case (an async function without arguments); its name and outcome are printed."""
    failed = False
    for case in cases:
        name = f"{pathlib.Path(sys.argv[0]).stem}.{case.__name__}"
        try:
            asyncio.run(asyncio.wait_for(case(), 40))
            print(f"ok {name}", flush=True)
        except Exception as e:  # pylint: disable=broad-except
            failed = True
            print(f"not ok {name}: {type(e).__name__}: {e}", flush=True)
    sys.exit(failed)
