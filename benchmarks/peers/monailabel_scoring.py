"""Time MONAI Label's epistemic scorer over a pool, in an environment of its own; prints JSON.

Its scorer (`EpistemicScoring`, entropy of the mean of dropout passes), its inference task and its local datastore, with
the network that napari-medal hands over.

    python monailabel_scoring.py FOLDER_OF_IMAGES SETTINGS.json
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))


def main() -> None:
    import torch
    from monai.inferers import SlidingWindowInferer
    from monai.transforms import (
        Activationsd,
        EnsureChannelFirstd,
        EnsureTyped,
        LoadImaged,
        NormalizeIntensityd,
        Orientationd,
    )
    from monailabel.datastore.local import LocalDatastore
    from monailabel.interfaces.tasks.infer_v2 import InferType
    from monailabel.tasks.infer.basic_infer import BasicInferTask
    from monailabel.tasks.scoring.epistemic_v2 import EpistemicScoring

    from napari_medal_models.unet.network import UNet

    plan = SETTINGS["plan"]

    class Segmentation(BasicInferTask):
        """The inference task of a MONAI Label app, as its radiology sample has it, but that nothing is resampled.

        The images lie on the network's grid already, and `Spacingd` fails on the key "image_path" with MONAI 1.6.
        """

        def pre_transforms(self, data=None):
            return [
                LoadImaged(keys="image"),
                EnsureTyped(keys="image", device=data.get("device") if data else None),
                EnsureChannelFirstd(keys="image"),
                Orientationd(keys="image", axcodes="RAS"),
                NormalizeIntensityd(keys="image"),
            ]

        def inferer(self, data=None):
            return SlidingWindowInferer(roi_size=plan["patch"], overlap=0.25, mode="gaussian")

        def inverse_transforms(self, data=None):
            return []

        def post_transforms(self, data=None):
            return [
                EnsureTyped(keys="pred", device=data.get("device") if data else None),
                Activationsd(keys="pred", softmax=True),
            ]

    torch.set_num_threads(SETTINGS["threads"])
    network = UNet(3, 1, SETTINGS["outputs"], plan["widths"], plan["strides"], plan["kernels"], plan["dropout"])
    weights = Path(SETTINGS["weights"])
    if not weights.exists():  # for its time alone, any weights will do
        torch.save(network.state_dict(), weights)
    task = Segmentation(
        path=[str(weights)],
        network=network,
        type=InferType.SEGMENTATION,
        labels={"anterior": 1, "posterior": 2},
        dimension=3,
        description="bench",
        skip_writer=True,
        train_mode=True,  # dropout on, as MONAI Label's sample apps have it for their scorer
    )
    task.output_label_key = "pred"
    pool = Path(tempfile.mkdtemp(prefix="monailabel-"))
    for image in sorted(Path(sys.argv[1]).glob("*.nii*"))[: SETTINGS["cases"]]:
        shutil.copyfile(image, pool / image.name)
    store = LocalDatastore(str(pool), extensions=["*.nii.gz"], auto_reload=False)
    scorer = EpistemicScoring(infer_task=task, max_samples=0, simulation_size=SETTINGS["passes"])
    began = time.perf_counter()
    summary = scorer({"device": SETTINGS["device"], "max_workers": 1}, store)
    seconds = time.perf_counter() - began
    scores = {image: store.get_image_info(image).get("epistemic_entropy") for image in store.list_images()}
    result = {"seconds": seconds, "cases": summary["executed"], "scores": scores}
    Path(SETTINGS["answer"]).write_text(json.dumps(result), encoding="utf-8")
    shutil.rmtree(pool, ignore_errors=True)


if __name__ == "__main__":
    main()
