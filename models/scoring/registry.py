"""The model registry: MLflow on its embedded SQLite database. Which models exist, and which one is champion.

A model version is a run's artifact folder `model` with native LightGBM files and a JSON card; the alias `champion`
names the one in use. MLflow stores absolute paths; they are rewritten if the var folder has been moved.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from data.errors import NotFound, NotReady
from data.settings import Settings
from models.scoring.risk_model import RiskModel, load

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.exceptions import MlflowException

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
_CHAMPION_QUERY: Final = """
SELECT model_versions.version, model_versions.source FROM registered_model_aliases JOIN model_versions
ON model_versions.name = registered_model_aliases.name AND model_versions.version = registered_model_aliases.version
WHERE registered_model_aliases.name = :name AND registered_model_aliases.alias = :alias
"""


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

    @contextmanager
    def _client(self) -> Iterator[MlflowClient]:
        """An MLflow client; errors of MLflow and its database are raised as NotReady."""
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        self._root.mkdir(parents=True, exist_ok=True)
        try:
            if self._database.exists():
                self._relocate()
            yield MlflowClient(self.uri, self.uri)
        except (MlflowException, SQLAlchemyError, OSError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> NotReady:
        cause = str(error).partition("\n")[0] or type(error).__name__
        return NotReady(
            f"The registry of models {self._database} cannot be used: {cause}",
            "Restore mlflow.db from a backup, or move it away and train again with `hazlane train`.",
        )

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
        """Log a run with the model, its metrics and the files in `folder` (plots); returns the version number.

        Raises NotReady when the registry cannot be used.
        """
        from mlflow.exceptions import MlflowException

        with self._client() as client:
            run = _logged_run(client, self._artifacts, model.version, metrics, parameters)
            run_id = run.info.run_id
            with TemporaryDirectory() as scratch:
                model.save(Path(scratch))
                client.log_artifacts(run_id, scratch, "model")
            if folder is not None:
                client.log_artifacts(run_id, str(folder), "report")
            client.set_terminated(run_id)
            try:
                client.get_registered_model(NAME)
            except MlflowException as error:
                if not _unknown(error):
                    raise
                client.create_registered_model(NAME, description="Risk of dangerous-goods boxes, three families.")
            source = f"{run.info.artifact_uri}/model"
            version = client.create_model_version(NAME, source, run_id, tags={"hazlane.model": model.version})
            return str(version.version)

    def log_report(self, name: str, metrics: Mapping[str, float], parameters: Mapping[str, Any], folder: Path) -> None:
        """Log a run without a model: its metrics and the files of a report in `folder`. Raises NotReady as above."""
        with self._client() as client:
            run = _logged_run(client, self._artifacts, name, metrics, parameters)
            client.log_artifacts(run.info.run_id, str(folder), "report")
            client.set_terminated(run.info.run_id)

    def promote(self, version: str) -> None:
        """Make a registered version the champion. Raises NotFound for an unknown version, NotReady as above."""
        from mlflow.exceptions import MlflowException

        with self._client() as client:
            try:
                client.set_registered_model_alias(NAME, CHAMPION, version)
            except MlflowException as error:
                if not _unknown(error) and error.error_code != "INVALID_PARAMETER_VALUE":
                    raise
                raise NotFound(f"No model version {version} is registered.", "Run `hazlane train` first.") from error

    def champion(self) -> RiskModel | None:
        """The model in use, or None if there is none yet.

        Raises NotReady if the registry or the champion's files cannot be used, NotFound if the files are missing,
        Conflict if it was trained on other features or rules.
        """
        found = self._champion_version() if self._database.exists() else None
        if found is None:
            return None
        number, source = found
        folder = Path(unquote(urlsplit(source).path))
        if not folder.exists():
            raise NotFound(
                f"The files of champion version {number} are missing from {folder}.",
                "Restore the var folder, or train again with `hazlane train`.",
            )
        return load(folder, self._threads)

    def _champion_version(self) -> tuple[str, str] | None:
        """Number and source of the champion, by one query of MLflow's tables.

        MLflow itself takes half of a service's start to be imported and to open its database.
        """
        import sqlalchemy

        try:
            self._relocate()
            engine = sqlalchemy.create_engine(self.uri)
            with engine.connect() as connection:
                row = connection.execute(sqlalchemy.text(_CHAMPION_QUERY), {"name": NAME, "alias": CHAMPION}).first()
            engine.dispose()
        except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:
            raise self._unusable(error) from error
        return (str(row[0]), str(row[1])) if row else None


def _logged_run(
    client: MlflowClient, artifacts: str, name: str, metrics: Mapping[str, float], parameters: Mapping[str, Any]
) -> Run:
    """A run of the project's experiment with its metrics and parameters, not yet terminated."""
    from mlflow.entities import Metric, Param

    experiment = client.get_experiment_by_name(_EXPERIMENT)
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(_EXPERIMENT, artifacts)
    run = client.create_run(experiment_id, run_name=name)
    client.log_batch(
        run.info.run_id,
        [Metric(metric, value, run.info.start_time, 0) for metric, value in metrics.items()],
        [Param(parameter, str(value)) for parameter, value in parameters.items()],
    )
    return run


def _unknown(error: MlflowException) -> bool:
    """Whether MLflow reports that the object does not exist; all other errors must not be treated as this."""
    return bool(error.error_code == "RESOURCE_DOES_NOT_EXIST")
