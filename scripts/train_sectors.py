"""Fit the decision rules of the sector classifier to the labelled firms.

Reads data/classification/labels.csv and the registry that holds the firms' text (never shipped), fits on
the splits train and dev, and writes data/classification/decision.json.

    python scripts/train_sectors.py ../shared/registry/liaoning_registry.csv.gz [THRESHOLD]
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.tree import DecisionTreeRegressor

from clusteratlas.data.loaders import data_path
from clusteratlas.sectors.classifier import SectorClassifier, candidates
from clusteratlas.sectors.decision import FEATURES, read_features

RULES, STEP, SEED = 80, 0.08, 20
# The doubtful firms that were looked up to fill rare sectors are rarer in a registry than here.
RETRIEVED_WEIGHT = 0.4


def read_labelled(registry: Path) -> pd.DataFrame:
    """Return the labels with name and scope of each firm."""
    labels = pd.read_csv(data_path("classification/labels.csv"), dtype="str", keep_default_na=False)
    text = pd.read_csv(registry, dtype="str", keep_default_na=False)
    text = text.rename(
        columns={"统一社会信用代码": "code", "企业名称": "name", "经营范围": "scope"}
    )[["code", "name", "scope"]].drop_duplicates("code")
    return labels.merge(text, on="code", how="inner", validate="one_to_one")


def make_pairs(firms: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return features, truth, weight and firm number of every (firm, candidate sector)."""
    classifier = SectorClassifier()
    rows, truth, weight, owner = [], [], [], []
    for number, firm in enumerate(firms.itertuples()):
        reading = classifier.read(str(firm.name), str(firm.scope))
        for sector in candidates(reading) if reading else ():
            rows.append(read_features(reading, sector))
            truth.append(sector in str(firm.labels).split(";"))
            weight.append(RETRIEVED_WEIGHT if firm.sample == "retrieved" else 1.0)
            owner.append(number)
    return np.array(rows), np.array(truth), np.array(weight), np.array(owner)


def new_model() -> GradientBoostingClassifier:
    """Return the unfitted model: trees of two questions."""
    return GradientBoostingClassifier(
        n_estimators=RULES,
        max_depth=2,
        learning_rate=STEP,
        subsample=0.7,
        min_samples_leaf=10,
        random_state=SEED,
    )


def export(model: GradientBoostingClassifier, threshold: float) -> dict[str, object]:
    """Return the fitted model as plain numbers."""
    prior = model.init_.class_prior_[1]
    return {
        "threshold": threshold,
        "bias": round(float(np.log(prior / (1 - prior))), 6),
        "rules": [_rule(tree) for tree in model.estimators_[:, 0]],
    }


def _rule(estimator: DecisionTreeRegressor) -> dict[str, list[object]]:
    tree = estimator.tree_

    def child(node: int) -> tuple[str, float, float, float]:
        value = STEP * tree.value[:, 0, 0]
        left, right = tree.children_left[node], tree.children_right[node]
        if left < 0:  # a leaf: both answers add the same
            return FEATURES[0], 0.0, value[node], value[node]
        return FEATURES[tree.feature[node]], tree.threshold[node], value[left], value[right]

    yes, no = child(tree.children_left[0]), child(tree.children_right[0])
    return {
        "feature": [FEATURES[tree.feature[0]], yes[0], no[0]],
        "limit": [round(float(x), 6) for x in (tree.threshold[0], yes[1], no[1])],
        "value": [round(float(x), 6) for x in (*yes[2:], *no[2:])],
    }


def main() -> None:
    """Fit and write the rules."""
    registry = Path(sys.argv[1])
    threshold = float(sys.argv[2]) if len(sys.argv) > 2 else 0.42
    firms = read_labelled(registry)
    firms = firms[firms["split"] != "test"].reset_index(drop=True)
    rows, truth, weight, _ = make_pairs(firms)
    model = new_model().fit(rows, truth, sample_weight=weight)
    target = Path(__file__).parent.parent / "data" / "classification" / "decision.json"
    stored = export(model, threshold)
    body = ",\n".join(json.dumps(rule) for rule in stored["rules"])
    head = json.dumps({key: stored[key] for key in ("threshold", "bias")})[:-1]
    target.write_text(f'{head}, "rules": [\n{body}\n]}}\n', encoding="utf-8")
    print(f"{len(firms)} firms, {len(rows)} pairs, {RULES} rules -> {target}")


if __name__ == "__main__":
    main()
