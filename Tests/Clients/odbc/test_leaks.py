"""The walk through the driver's functions ends with the leak checker (test_acceptance.py, under the
address sanitizer). Here: that the checker is on in a program that has loaded the driver."""

from __future__ import annotations

import subprocess
from pathlib import Path

FORGETFUL = """
#include <sql.h>
#include <sqlext.h>
#include <stdlib.h>

int main(int count, char **values) {
  (void)values;
  SQLHENV environment = NULL;
  void *volatile lost = NULL;
  if (SQLAllocHandle(SQL_HANDLE_ENV, NULL, &environment) != SQL_SUCCESS) return 2;
  for (int round = 0; count > 1 && round < 50; round++)
    lost = malloc(100 + round);
  lost = NULL;
  return SQLFreeHandle(SQL_HANDLE_ENV, environment) == SQL_SUCCESS ? 0 : 2;
}
"""


def test_the_checker_is_on(tmp_path: Path, driver: Path) -> None:
    (tmp_path / "forgetful.c").write_text(FORGETFUL)
    (tmp_path / "libternodbc.so.1").symlink_to(driver)
    (tmp_path / "libternodbc.so").symlink_to(driver)
    program = tmp_path / "forgetful"
    subprocess.run(
        ["gcc", "-std=c11", "-O0", "-fsanitize=address", "forgetful.c", f"-L{tmp_path}", "-lternodbc",
         f"-Wl,-rpath,{tmp_path}", "-o", str(program)], cwd=tmp_path, check=True)
    settings = {"ASAN_OPTIONS": "detect_leaks=1", "LSAN_OPTIONS": "exitcode=23"}
    for words, code in ([], 0), (["forget"], 23):
        done = subprocess.run(
            [str(program), *words], env=settings, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert ("LeakSanitizer" in done.stderr) == (code == 23)
