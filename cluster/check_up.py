"""The doctor's visit: asks all hosts, judges what they say, and lets their ranks sum a number."""

import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cluster.collectives import wanted_backend
from cluster.command import Layout, plan_launch
from cluster.doctor import Finding, Severity, diagnose, lacks_for_profile, would_start
from cluster.errors import ClusterError
from cluster.facts import Answered, HostFacts, Question, this_machine, versions
from cluster.hosts import main_address
from cluster.launcher import launcher_environment, write_launch_files
from cluster.layout import choose_layout, find_mpiexec
from cluster.preloads import preloads
from cluster.preview_vae import find_preview_vae
from cluster.settings import ClusterSettings
from cluster.ssh import Answer, last_line, on_each, on_host
from cluster.sweep import sweep

_PROBE_SECONDS = 60.0
"""The first time, a host hashes the base model; then it remembers."""
_REDUCE_SECONDS = 30.0
_THIS = "this machine"


class Report(BaseModel):
    """What the doctor found. `seconds` is how long it took.

    `preload` are libraries that all hosts have and ranks should load first.
    """

    model_config = ConfigDict(frozen=True)

    ok: bool
    seconds: float
    findings: tuple[Finding, ...]
    preload: tuple[str, ...] = ()


def check_up(
    hosts: tuple[str, ...], settings: ClusterSettings, folder: Path, base: Path | None
) -> Report:
    """Look at `hosts`, the main host first; at this machine alone where there are none.

    `folder` is where run folders are made, `base` the base model's folder.

    Raises:
        BaseModelError: a file of the base model cannot be read on this machine.
    """
    began = time.monotonic()
    folder = folder.absolute()
    preview_vae, unfit = _preview_vae(hosts, settings, base)
    answers: tuple[Answered, ...] = ()
    if not hosts:
        findings = lacks_for_profile(_THIS, versions(), settings.profile)
    else:
        try:
            answers = _visit(hosts, settings, folder, base, preview_vae)
            findings = diagnose(
                answers,
                str(folder),
                # By now: if this machine is one of the hosts, it has just hashed the base.
                this_machine(base),
                settings.cluster_env.get("GLOO_SOCKET_IFNAME", ""),
                settings.profile,
            )
        except OSError as error:
            findings = (_not_ours(hosts[0], folder, error),)
    findings = unfit + findings
    if would_start(findings):
        findings += _sum(settings, folder, hosts)
    facts = [one.facts for one in answers if one.facts is not None]
    return Report(
        ok=would_start(findings),
        seconds=time.monotonic() - began,
        findings=findings,
        preload=preloads(settings.profile, [(one.tcmalloc, one.libiomp5) for one in facts])
        if facts
        else (),
    )


def _not_ours(host: str, folder: Path, error: OSError) -> Finding:
    return Finding(
        id="disk_full",
        severity=Severity.ERROR,
        host=host,
        message=f"This machine cannot write to {folder}: {error.strerror}.",
        hint="See the disk and the owner of the folder (FIGMENT_DATA).",
    )


def _preview_vae(
    hosts: tuple[str, ...], settings: ClusterSettings, base: Path | None
) -> tuple[Path | None, tuple[Finding, ...]]:
    """The folder of the preview VAE as this machine finds it, and why it cannot be used."""
    if not settings.preview_vae or base is None:
        return None, ()
    try:
        return find_preview_vae(settings.preview_vae, base), ()
    except ClusterError as error:
        host = hosts[0] if hosts else _THIS
        finding = Finding(
            id="preview_vae",
            severity=Severity.ERROR,
            host=host,
            message=error.message,
            hint=error.hint,
        )
        return None, (finding,)


def _visit(
    hosts: tuple[str, ...],
    settings: ClusterSettings,
    folder: Path,
    base: Path | None,
    preview_vae: Path | None,
) -> tuple[Answered, ...]:
    """Ask all hosts; raises OSError if this machine cannot write to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
        pass
    question = Question(
        base=base,
        folder=folder,
        preview_vae=preview_vae,
        main_address=_main_address_or(hosts),
        master_port=settings.master_port,
    )
    return tuple(on_each(hosts, lambda host: _ask(host, question, settings)).values())


def _main_address_or(hosts: tuple[str, ...]) -> str:
    try:
        return main_address(hosts)
    except ClusterError:
        # Its name is unknown here, which asking it will bring out.
        return hosts[0]


def _ask(host: str, question: Question, settings: ClusterSettings) -> Answered:
    words = (sys.executable, "-m", "cluster.probe")
    sent = time.time()
    answer = on_host(
        settings.ssh_config, host, words, _PROBE_SECONDS, question.model_dump_json().encode()
    )
    received = time.time()
    facts = _facts(answer)
    # The host looked at its clock somewhere between; what that leaves open counts for it.
    ahead = 0.0 if facts is None else max(facts.time - received, 0) + min(facts.time - sent, 0)
    return Answered(
        host=host, facts=facts, trouble=answer.err or answer.out, code=answer.code, skew=ahead
    )


def _facts(answer: Answer) -> HostFacts | None:
    if answer.code != 0:
        return None
    try:
        return HostFacts.model_validate_json(last_line(answer))
    except ValueError:
        return None


def _sum(settings: ClusterSettings, folder: Path, hosts: tuple[str, ...]) -> tuple[Finding, ...]:
    """Let every rank take part in an all-reduce; what goes wrong names no single host."""
    host = hosts[0] if hosts else _THIS
    run = folder / f".doctor-{uuid.uuid4().hex}"
    try:
        layout: Layout = choose_layout(settings, hosts)
        mpiexec = find_mpiexec()
        plan = plan_launch(
            run,
            layout,
            sys.executable,
            str(mpiexec or "mpiexec.hydra"),
            "cluster.all_reduce",
            (wanted_backend(settings.profile),),
        )
        run.mkdir(parents=True)
        write_launch_files(run, plan)
        done = subprocess.run(  # noqa: S603 - argv is built by cluster.command, no shell
            plan.argv,
            cwd=run,
            env=launcher_environment(run, plan),
            capture_output=True,
            text=True,
            timeout=_REDUCE_SECONDS,
            check=False,
        )
        if f"summed {layout.world_size} of {layout.world_size}" in done.stdout:
            return ()
        said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["nothing"]
        message = f"The ranks could not sum one number; the launcher said: {said[0][:200]}"
    except subprocess.TimeoutExpired:
        message = f"The ranks did not sum one number within {_REDUCE_SECONDS:.0f} s."
    except ClusterError as error:
        message = error.message
    finally:
        sweep(run, 1)
        for file in run.glob("*"):
            file.unlink()
        if run.exists():
            run.rmdir()
    hint = "A firewall between the hosts? Every port above 1023 must be open among them."
    return (
        Finding(id="all_reduce", severity=Severity.ERROR, host=host, message=message, hint=hint),
    )
