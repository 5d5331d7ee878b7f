# SPDX-License-Identifier: MIT
"""Lock file, cache, verification and recipes."""
import hashlib
import io
import os
import subprocess
from unittest import mock

from scratch import Scratch

import fetch
import third_party
from fetch import FetchError, Locked, read_lock

Content = b"some source\n"
Hash = hashlib.sha256(Content).hexdigest()


class FetchCase(Scratch):
    def setUp(self):
        super().setUp()
        clean = {k: v for k, v in os.environ.items() if k not in ("MIRROR", "THIRD_PARTY_FILES")}
        clean["XDG_CACHE_HOME"] = str(self.dir / "cache")
        patch = mock.patch.dict(os.environ, clean, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        self.entry = Locked("part", "suite", "1.0", "pool/p/part_1.0.tar", len(Content), Hash)
        self.said = []

    def fetch(self, entry=None):
        return fetch.fetch(entry or self.entry, self.said.append)

    def mistake(self, entry=None):
        with self.assertRaises(FetchError) as caught:
            self.fetch(entry)
        return str(caught.exception)

    def supply(self, content=Content):
        folder = self.file("given/part_1.0.tar").parent
        (folder / "part_1.0.tar").write_bytes(content)
        os.environ["THIRD_PARTY_FILES"] = str(folder)


class Fetch(FetchCase):
    def test_lock(self):
        path = self.file("lock", f"# c\nname s 1 pool/x.deb 12 {Hash.upper()}\n")
        self.assertEqual(read_lock(path)["name"].sha256, Hash)
        self.file("lock", "\nname s 1 pool/x\n")
        with self.assertRaises(FetchError) as caught:
            read_lock(path)
        self.assertIn(
            "lock:2: expected 'name suite version path size sha256'", str(caught.exception)
        )

    def test_given_folder_then_cache(self):
        self.supply()
        path = self.fetch()
        self.assertEqual(path.read_bytes(), Content)
        del os.environ["THIRD_PARTY_FILES"]
        with mock.patch.object(fetch, "mirrors", side_effect=AssertionError("off line")):
            self.assertEqual(self.fetch(), path)

    def test_wrong_hash_of_a_given_file(self):
        self.supply(b"other sourc\n")
        text = self.mistake()
        self.assertIn("is not the file that the lock pins", text)
        self.assertIn(Hash, text)
        self.assertIn("THIRD_PARTY_FILES=folder", text)

    def test_damaged_cache(self):
        self.supply()
        self.fetch().write_bytes(b"x" * len(Content))
        self.assertIn("remove that folder", self.mistake())

    def test_mirror(self):
        def download(url, target, sha256):
            if "good" not in url:
                return "404"
            self.assertEqual(url, "m:/good/pool/p/part_1.0.tar")
            target.write_bytes(Content)
            return None

        with mock.patch.object(
            fetch, "mirrors", return_value=["m:/bad", "m:/good"]
        ), mock.patch.object(fetch, "download", side_effect=download):
            self.assertEqual(self.fetch().read_bytes(), Content)
        self.assertIn("FETCH", self.said[0])

    def test_wrong_hash_of_a_mirror(self):
        def download(_url, target, _sha256):
            target.write_bytes(b"bad")

        with mock.patch.object(fetch, "mirrors", return_value=["m:/bad"]), mock.patch.object(
            fetch, "download", side_effect=download
        ):
            self.assertIn("from m:/bad is not the file", self.mistake())
        kept = fetch.cache_folder() / "files" / Hash
        self.assertEqual(list(kept.iterdir()), [])

    def test_nothing_works(self):
        with mock.patch.object(fetch, "mirrors", return_value=["m:/a"]), mock.patch.object(
            fetch, "download", return_value="no route"
        ):
            text = self.mistake()
        self.assertIn("part_1.0.tar could not be fetched", text)
        self.assertIn("m:/a: no route", text)
        self.assertIn(f"SHA-256 {Hash}", text)
        with mock.patch.object(fetch, "mirrors", return_value=[]):
            self.assertIn("no mirror known", self.mistake())

    def test_chosen_mirror(self):
        os.environ["MIRROR"] = "m:/mine/"
        self.assertEqual(fetch.mirrors(), ["m:/mine"])


class Recipes(FetchCase):
    def setUp(self):
        super().setUp()
        self.supply()
        self.file("tp/lock", f"part s 1 pool/p/part_1.0.tar {len(Content)} {Hash}\n")
        self.file("tp/functions.sh", (third_party.Folder / "functions.sh").read_text())
        patch = mock.patch.object(third_party, "Folder", self.dir / "tp")
        patch.start()
        self.addCleanup(patch.stop)
        third_party_say = mock.patch.object(third_party, "say", self.said.append)
        third_party_say.start()
        self.addCleanup(third_party_say.stop)
        self.build_dir = self.dir / "build"

    def recipe(self, name, text):
        self.file(f"tp/{name}/recipe.sh", text)

    def build(self, name="one"):
        with mock.patch("sys.stdout", io.StringIO()):
            third_party.build_part(name, self.build_dir)
        return self.build_dir / "third-party" / name

    def test_result_is_kept(self):
        self.recipe(
            "one",
            '# lock: part\nmkdir "$OUT/lib"; cp "$SOURCE_part" "$OUT/lib/x"\n'
            f'echo run >>"{self.dir}/runs"\n',
        )
        self.assertEqual((self.build() / "lib/x").read_bytes(), Content)
        self.build()
        subprocess.run(["rm", "-r", str(self.build_dir)], check=True)
        del os.environ["THIRD_PARTY_FILES"]
        self.assertTrue((self.build() / "lib/x").is_file())
        self.assertEqual((self.dir / "runs").read_text(), "run\n")

    def test_what_makes_a_new_result(self):
        self.recipe("one", "# lock: part\n")
        lock = read_lock(self.dir / "tp/lock")

        def key():
            return third_party.Recipe("one", lock).key()

        first = key()
        self.assertEqual(first, key())
        self.file("tp/one/a.patch", "x")
        second = key()
        self.assertNotEqual(first, second)
        with mock.patch.object(third_party, "compiler_version", return_value="gcc 99"):
            self.assertNotEqual(second, key())

    def test_file_that_belongs_to_the_compiler(self):
        self.recipe("one", "# lock: gcc-%GCC_MAJOR%-source\n")
        lock = {"gcc-12-source": self.entry, "gcc-14-source": None}
        with mock.patch.object(third_party, "compiler_major", return_value="12"):
            self.assertEqual(third_party.Recipe("one", lock).files, [self.entry])

    def test_needs(self):
        self.recipe("one", "# lock: part\necho one >\"$OUT/f\"\n")
        self.recipe("two", "# needs: one\ncp \"$RESULT_one/f\" \"$OUT/g\"\n")
        self.assertEqual((self.build("two") / "g").read_text(), "one\n")

    def test_failure_shows_the_log_and_leaves_nothing(self):
        self.recipe("one", "# lock: part\necho about to fail\nfalse\n")
        with self.assertRaises(third_party.RecipeError) as caught:
            self.build()
        self.assertIn("about to fail", str(caught.exception))
        self.assertIn("one.log", str(caught.exception))
        self.assertEqual(list((fetch.cache_folder() / "built").glob("one-*")), [])

    def test_unknown_names(self):
        self.recipe("one", "# lock: parts\n")
        with self.assertRaises(FetchError) as caught:
            self.build()
        self.assertIn("has no line for 'parts'. Did you mean 'part'?", str(caught.exception))
        with self.assertRaises(third_party.RecipeError) as caught:
            self.build("onne")
        self.assertIn("There is no recipe for 'onne'", str(caught.exception))

    def test_long_work_tells_how_far_it_is(self):
        work = self.file("work/x/a.o").parent.parent
        status = third_party.run_and_tell(["/bin/sh", "-c", "sleep 1; exit 7"], "part", work,
                                          dict(os.environ), every=0.4)
        self.assertEqual(status, 7)
        self.assertRegex(self.said[0], r"  THIRD   part: 1 files compiled, \d+ s")
