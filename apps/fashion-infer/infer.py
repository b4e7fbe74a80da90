"""Classifies the 10,000 test images of Fashion-MNIST with a model that fashion-train left; counts
what is right and takes the time."""

import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pentad_app  # noqa: E402

import torch  # noqa: E402

import fashion  # noqa: E402


def load_model(path):
    if os.path.isdir(path):
        path = os.path.join(path, "model.pt")
    if not os.path.exists(path):
        pentad_app.fail(
            pentad_app.INPUT_MISSING,
            f"no model: {path} does not exist (run fashion-train and give its model.pt)",
        )
    try:
        model = torch.jit.load(path).eval()
        return torch.jit.optimize_for_inference(torch.jit.freeze(model))
    except (RuntimeError, ValueError, OSError, AttributeError) as error:
        reason = (str(error).strip() or "unreadable").splitlines()[0]
        pentad_app.fail(
            pentad_app.INPUT_MISSING, f"{path} is no TorchScript model: {reason}"
        )


def classify(model, images, labels, options, signals):
    """Counts (truth, answer) as a 10 x 10 table, and the seconds that each batch took."""
    counts = torch.zeros(10, 10, dtype=torch.int64)
    times_s = []
    batches = list(zip(images.split(options.batch), labels.split(options.batch)))
    total = options.repeat * len(batches)
    with torch.inference_mode():
        for x, _ in batches[:3]:
            model(x)  # the first calls compile
        for done in range(total):
            x, y = batches[done % len(batches)]
            started = time.perf_counter()
            answer = model(x).argmax(1)
            times_s.append(time.perf_counter() - started)
            if done < len(batches):
                counts += torch.bincount(y * 10 + answer, minlength=100).reshape(10, 10)
            if done % max(total // 20, 1) == 0:
                pentad_app.progress(0.99 * done / total, f"batch {done}/{total}")
            if signals.stop:
                pentad_app.fail(128 + signals.stop, f"stopped after batch {done} of {total}")
    return counts, times_s


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="model.pt, or the directory that holds it")
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3, help="passes, for the timing")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.8)
    return parser.parse_args()


def report(counts, times_s, options):
    images = int(counts.sum())
    right = counts.diag().sum().item() / images
    recall = counts.diag() / counts.sum(1).clamp(min=1)
    worst = int(recall.argmin())
    rate = options.repeat * images / sum(times_s)
    times_s.sort()
    pentad_app.write_result(
        f"accuracy {right:.4f} on {images:,} images, {rate:,.0f} images/s; "
        f"hardest: {fashion.LABELS[worst]}",
        f"{images:,} 张图像准确率 {right:.4f},每秒 {rate:,.0f} 张;"
        f"最难类别:{fashion.LABELS_ZH[worst]}",
        [
            ("accuracy", right, ""),
            ("images_per_s", round(rate, 1), "1/s"),
            ("batch_time_p50", round(times_s[len(times_s) // 2] * 1000, 4), "ms"),
            ("batch_time_p99", round(times_s[len(times_s) * 99 // 100] * 1000, 4), "ms"),
            ("worst_class_recall", round(recall[worst].item(), 4), ""),
            ("images", images, ""),
            ("batch", options.batch, ""),
            ("threads", options.threads, ""),
        ],
    )
    pentad_app.progress(1.0, f"accuracy {right:.4f}")
    if right < options.min_accuracy:
        pentad_app.fail(
            pentad_app.NOT_GOOD_ENOUGH, f"accuracy {right:.4f} is below {options.min_accuracy}"
        )


def main():
    options = arguments()
    signals = pentad_app.Signals()
    pentad_app.start_fresh()
    torch.set_num_threads(options.threads)
    pentad_app.progress(0.0, "reading model and images")
    model = load_model(options.model)
    images, labels = fashion.load(options.data, "t10k")
    try:
        counts, times_s = classify(model, images, labels, options, signals)
    except RuntimeError as error:  # a model that takes other shapes or gives other scores
        reason = (str(error).strip() or "unknown").splitlines()[-1]
        pentad_app.fail(
            pentad_app.INPUT_MISSING, f"{options.model} does not fit the images: {reason}"
        )
    report(counts, times_s, options)


if __name__ == "__main__":
    main()
