"""The registry: MLflow on its embedded SQLite. Which models there are, and which one is champion.

A model version is a run's artifact folder `model` with native LightGBM files and a JSON card; the alias
`champion` names the one that serves. MLflow keeps absolute paths; when the var folder has been moved they
are rewritten, so that a moved port still finds its models.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from data.errors import NotFound
from data.settings import Settings
from models.risk import RiskModel, load

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME: Final = "hazlane-risk"
CHAMPION: Final = "champion"
_EXPERIMENT: Final = "hazlane"
# Where MLflow's tables hold absolute artifact paths.
_PATHS: Final = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


class Registry:
    """Models and their runs in one var folder."""

    def __init__(self, settings: Settings) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        self._root = settings.var.resolve()
        self._threads = settings.threads
        self._artifacts = (self._root / "mlruns").as_uri()
        self._database = self._root / "mlflow.db"

    @property
    def uri(self) -> str:
        """MLflow tracking URI, for `mlflow ui --backend-store-uri`."""
        return f"sqlite:///{self._database}"

    def _client(self) -> MlflowClient:
        from mlflow import MlflowClient

        self._root.mkdir(parents=True, exist_ok=True)
        if self._database.exists():
            self._relocate()
        return MlflowClient(self.uri, self.uri)

    def _relocate(self) -> None:
        import sqlalchemy

        engine = sqlalchemy.create_engine(self.uri)
        with engine.begin() as connection:
            query = sqlalchemy.text("SELECT artifact_location FROM experiments WHERE name = :name")
            held = connection.execute(query, {"name": _EXPERIMENT}).scalar()
            if held and held != self._artifacts:
                for table, column in _PATHS:
                    change = f"UPDATE {table} SET {column} = replace({column}, :old, :new)"
                    connection.execute(sqlalchemy.text(change), {"old": held, "new": self._artifacts})
        engine.dispose()

    def register(
        self, model: RiskModel, metrics: Mapping[str, float], parameters: Mapping[str, Any], folder: Path | None = None
    ) -> str:
        """Log a run with the model, its metrics and the files in `folder` (plots); returns the version number."""
        from mlflow.entities import Metric, Param
        from mlflow.exceptions import MlflowException

        client = self._client()
        experiment = client.get_experiment_by_name(_EXPERIMENT)
        experiment_id = (
            experiment.experiment_id if experiment else client.create_experiment(_EXPERIMENT, self._artifacts)
        )
        run = client.create_run(experiment_id, run_name=model.version)
        run_id, stamp = run.info.run_id, run.info.start_time
        client.log_batch(
            run_id,
            [Metric(name, value, stamp, 0) for name, value in metrics.items()],
            [Param(name, str(value)) for name, value in parameters.items()],
        )
        with TemporaryDirectory() as scratch:
            model.save(Path(scratch))
            client.log_artifacts(run_id, scratch, "model")
        if folder is not None:
            client.log_artifacts(run_id, str(folder), "report")
        client.set_terminated(run_id)
        try:
            client.get_registered_model(NAME)
        except MlflowException:
            client.create_registered_model(NAME, description="Risk of dangerous-goods boxes, three families.")
        source = f"{run.info.artifact_uri}/model"
        version = client.create_model_version(NAME, source, run_id, tags={"hazlane.model": model.version})
        return str(version.version)

    def promote(self, version: str) -> None:
        """Make a registered version the champion. Raises NotFound for an unknown version."""
        from mlflow.exceptions import MlflowException

        try:
            self._client().set_registered_model_alias(NAME, CHAMPION, version)
        except MlflowException as error:
            raise NotFound(f"No model version {version} is registered.", "Run `hazlane train` first.") from error

    def champion(self) -> RiskModel | None:
        """The model that serves, or None when there is none yet."""
        if not self._database.exists():
            return None
        from mlflow.exceptions import MlflowException

        try:
            version = self._client().get_model_version_by_alias(NAME, CHAMPION)
        except MlflowException:
            return None
        folder = Path(unquote(urlsplit(version.source).path))
        if not folder.exists():
            raise NotFound(
                f"The files of champion version {version.version} are missing from {folder}.",
                "Restore the var folder, or train again with `hazlane train`.",
            )
        return load(folder, self._threads)
