"""Trains a small convolutional network on the 60,000 training images of Fashion-MNIST, tests it on
the other 10,000.

Leaves model.pt (TorchScript: takes bytes (n, 1, 28, 28), gives ten scores) and result.json. Told to
stop, it keeps checkpoint.pt and goes on from there when started again in the same directory with
the same settings.
"""

import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pentad_app  # noqa: E402

import torch  # noqa: E402
from torch import nn  # noqa: E402

import fashion  # noqa: E402

CHECKPOINT = "checkpoint.pt"
TESTING = 0.03  # part of the whole, for the progress


class Network(nn.Module):
    """Two convolutions and two dense layers; scales the bytes itself so that users need not."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 5, stride=2, padding=2),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        )

    def forward(self, images):
        scaled = (images.float() - 72.9) / 90.0  # mean and deviation of the training images
        return self.layers(scaled.contiguous(memory_format=torch.channels_last))


def accuracy(network, images, labels):
    network.eval()
    right = 0
    with torch.no_grad():
        for x, y in zip(images.split(500), labels.split(500)):
            right += (network(x).argmax(1) == y).sum().item()
    network.train()
    return right / len(labels)


class Training:
    """All that a checkpoint holds, and the loop over the batches."""

    def __init__(self, settings, images):
        self.settings, self.images = settings, images
        self.batches = max(images // settings["batch"], 1)
        self.total = self.batches * settings["epochs"]
        self.step = 0
        self.trained_s = 0.0
        torch.manual_seed(settings["seed"])
        self.network = Network().to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.network.parameters(), settings["rate"])
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, settings["rate"], total_steps=max(self.total, 2)
        )

    def save(self):
        state = {
            "settings": self.settings,
            "step": self.step,
            "trained_s": self.trained_s,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }
        pentad_app.write_atomically(CHECKPOINT, lambda path: torch.save(state, path))

    def resume(self):
        """Goes on from a checkpoint of the same settings; True if there was one."""
        if not os.path.exists(CHECKPOINT):
            return False
        try:
            state = torch.load(CHECKPOINT)
            if state["settings"] != self.settings:
                print(f"{CHECKPOINT} is of other settings: starting anew", flush=True)
                return False
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.schedule.load_state_dict(state["schedule"])
            self.step, self.trained_s = state["step"], state["trained_s"]
        except Exception as error:  # a damaged file raises nearly anything; anew is always right
            print(f"{CHECKPOINT} cannot be read ({error}): starting anew", flush=True)
            self.__init__(self.settings, self.images)
            return False
        return True

    def order(self, epoch):
        """The shuffle of an epoch, the same whether or not the training was interrupted in it."""
        generator = torch.Generator().manual_seed(self.settings["seed"] * 1000 + epoch)
        return torch.randperm(self.images, generator=generator)

    def one_step(self, images, labels):
        self.optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(self.network(images), labels)
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        return loss

    def show(self, loss):
        epoch, batch = divmod(self.step - 1, self.batches)
        pentad_app.progress(
            (1 - TESTING) * self.step / self.total,
            f"epoch {epoch + 1}/{self.settings['epochs']}, batch {batch + 1}/{self.batches}, "
            f"loss {loss.item():.3f}",
        )

    def run(self, images, labels, signals):
        """Trains to the end; returns early with signals.stop set."""
        size = self.settings["batch"]
        order, order_of = None, -1
        started = time.monotonic()
        while self.step < self.total:
            epoch, batch = divmod(self.step, self.batches)
            if epoch != order_of:
                order, order_of = self.order(epoch), epoch
            chosen = order[batch * size : (batch + 1) * size]
            loss = self.one_step(images[chosen], labels[chosen])
            if self.step % max(self.total // 40, 1) == 0:
                self.show(loss)
            if signals.stop or signals.save:
                now = time.monotonic()
                self.trained_s, started = self.trained_s + now - started, now
                signals.save = False
                self.save()
                if signals.stop:
                    return
        self.trained_s += time.monotonic() - started


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=0.003)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--min-accuracy", type=float, default=0.8)
    return parser.parse_args()


def finish(training, options, tested):
    script = torch.jit.script(training.network.eval())
    pentad_app.write_atomically("model.pt", lambda path: torch.jit.save(script, path))
    if os.path.exists(CHECKPOINT):
        os.unlink(CHECKPOINT)
    rate = training.total * options.batch / training.trained_s
    pentad_app.write_result(
        f"test accuracy {tested:.4f} after {options.epochs} epochs, {rate:,.0f} images/s",
        f"训练 {options.epochs} 轮,测试准确率 {tested:.4f},每秒 {rate:,.0f} 张图像",
        [
            ("test_accuracy", tested, ""),
            ("training_images_per_s", round(rate, 1), "1/s"),
            ("training_time", round(training.trained_s, 3), "s"),
            ("epochs", options.epochs, ""),
            ("threads", options.threads, ""),
        ],
        ["model.pt"],
    )
    pentad_app.progress(1.0, f"test accuracy {tested:.4f}")
    if tested < options.min_accuracy:
        pentad_app.fail(
            pentad_app.NOT_GOOD_ENOUGH,
            f"test accuracy {tested:.4f} is below {options.min_accuracy}",
        )


def main():
    options = arguments()
    signals = pentad_app.Signals()
    pentad_app.start_fresh()
    torch.set_num_threads(options.threads)
    pentad_app.progress(0.0, "reading the images")
    images, labels = fashion.load(options.data, "train")
    test_images, test_labels = fashion.load(options.data, "t10k")

    settings = {name: getattr(options, name) for name in ("epochs", "batch", "rate", "seed")}
    training = Training(settings, len(images))
    if training.resume():
        done = (1 - TESTING) * training.step / training.total
        pentad_app.progress(done, f"going on from step {training.step}")
    training.run(images, labels, signals)
    if signals.stop:
        print(
            f"stopped after step {training.step} of {training.total}; {CHECKPOINT} holds the state",
            flush=True,
        )
        sys.exit(128 + signals.stop)
    finish(training, options, accuracy(training.network, test_images, test_labels))


if __name__ == "__main__":
    main()
