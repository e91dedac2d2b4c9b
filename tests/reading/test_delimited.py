"""CSV and TSV in the dialects that there are: what pandas reads is what comes out, what does not fit is counted."""

from __future__ import annotations

import io
from itertools import product
from pathlib import Path

import laws
import pytest
from in_time import in_time
from support import document_of, documents_in, write_files, write_vocabulary

from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.formats.dialects import SAMPLE_BYTES

TEXTS = [
    '그는 "좋다"고, 말했다',
    "세미콜론; 파이프| 글", '줄이\n바뀌는 "글"\n이다', '5" 파이프', '"전체가 인용"', "평범한 글이다.",
    "탭이\t있다", "백슬래시 \\ 와 C:\\dir\\", "끝이 쉼표,", '"열린 따옴표', "a, b", "",
]  # fmt: skip
DIALECTS = [
    (sep, quoting, end, escape, doubled, index)
    for sep, quoting, end, escape, doubled, index in product(
        [",", ";", "\t", "|"], [0, 1, 2, 3], ["\n", "\r\n"], [None, "\\"], [True, False], [False, True]
    )
    if (doubled and quoting != 3) or escape
]


def read(folder: Path, name: str, content: str | bytes, **options: object) -> tuple[list[str], FileRecord]:
    write_files(folder, {name: content})
    return documents_in(folder / name, **options)


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize("ending", ["csv", pytest.param("tsv", marks=pytest.mark.thorough)])
def test_whatever_pandas_writes_is_read_as_pandas_reads_it(tmp_path: Path, ending: str, times: int) -> None:
    pd = pytest.importorskip("pandas")
    texts = TEXTS * times
    frame = pd.DataFrame({"id": range(len(texts)), "text": texts, "label": [k % 2 for k in range(len(texts))]})
    for sep, quoting, end, escape, doubled, index in DIALECTS[:: 1 if laws.thorough else 3 if times == 1 else 7]:
        form = {"sep": sep, "escapechar": escape, "doublequote": doubled}
        content = frame.to_csv(None, quoting=quoting, lineterminator=end, index=index, **form)
        again = pd.read_csv(io.StringIO(content, newline=""), quoting=3 if quoting == 3 else 0, na_filter=False, **form)
        found, record = read(tmp_path, f"a.{ending}", content)
        assert (found, record.text_field) == (list(again["text"]), "text"), (form, quoting, end, index)
        assert (record.bad_records, record.missing_text, record.lost_bytes) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        ("excel.csv", 'sep=;\r\nid;text\r\n1;"가; 나, ""다"""\r\n2;라\r\n', ['가; 나, "다"', "라"]),
        ("bom.csv", b'\xef\xbb\xbf"id","text"\r\n"1","a, b"\r\n', ["a, b"]),
        ("cr.csv", 'id,text\r1,"가\r나, 다"\r2,라\r', ["가\r나, 다", "라"]),
        ("mysql.csv", '1,"가 \\"네\\", 라\\\n했다","x"\n2,\\N,"y"\n3,"둘째","z"\n', ['가 "네", 라\n했다', "둘째"]),
        ("spark.csv", 'id,text\n1,"그는 \\"좋다\\"고 말했다"\n2,그래\n', ['그는 "좋다"고 말했다', "그래"]),
        ("postgres.tsv", "1\t가 나\\\t다\tx\n2\t\\N\ty\n3\t라 마\tz\n", ["가 나\t다", "라 마"]),
        ("spaces.csv", 'id, text\n1, "가, 나"\n2, "다, 라"\n', ["가, 나", "다, 라"]),
        ("r.csv", '"id","text"\n"1",5,"가 나"\n"2",6,"다 라"\n', ["가 나", "다 라"]),
        ("r.tsv", "id\ttext\n1\t5\t가 나\n2\t6\t다 라\n3\t7\t마\n", ["가 나", "다 라", "마"]),
        ("pandas index.csv", ",id,text\n0,5,가 나\n1,6,다 라\n", ["가 나", "다 라"]),
        ("trailing delimiters.csv", "id,text\n1,가,\n2,나,\n", ["가", "나"]),
        ("blank lines.csv", "\nid,text\n\n1,가\n\n\n2,나\n", ["가", "나"]),
        ("decimal commas.csv", "id;text;n\n1;가 나;0,5\n2;다 라;0,7\n", ["가 나", "다 라"]),
        ("one column.csv", "text\n가, 나\n다, 라, 마\n바\n", ["가, 나", "다, 라, 마", "바"]),
        ("one quoted.csv", 'text\n"가, 나"\n"다, ""라"""\n마\n"바\n사"\n', ["가, 나", '다, "라"', "마", "바\n사"]),
        ("prose.csv", "첫, 쉼표\n둘째\n셋째, 줄, 이다\n넷째\n", ["첫, 쉼표", "둘째", "셋째, 줄, 이다", "넷째"]),
        ("speech.csv", '"가" 그가 말했다\n"나" 했다\n"다", 라고\n', ['"가" 그가 말했다', '"나" 했다', '"다", 라고']),
        ("inches.csv", 'id,text\n1,5" 파이프\n2,6" 파이프\n', ['5" 파이프', '6" 파이프']),
        ("pandas.tsv", 'id\ttext\n1\t"그는 ""네""\n했다."\n2\t나\n3\t"탭\t이"\n', ['그는 "네"\n했다.', "나", "탭\t이"]),
        ("all quoted.tsv", '"id"\t"text"\n"1"\t"가"\n"2"\t"나"\n', ["가", "나"]),
        ("ratings.tsv", 'id\tdocument\n1\t"열린\n2\t닫힌"\n3\t"전체"\n4\t글\n', ['"열린', '닫힌"', '"전체"', "글"]),
        ("no header.csv", "1,가, 나\n2,다\n3,라, 마, 바\n4,사\n", ["가, 나", "다", "라, 마, 바", "사"]),
    ],
)  # fmt: skip
def test_dialects_that_others_write(tmp_path: Path, name: str, content: str | bytes, texts: list[str]) -> None:
    found, record = read(tmp_path, name, content)
    assert found == texts
    assert record.lost_bytes == 0
    assert record.bad_records == (2 if name == "no header.csv" else 0)


GOOD = "".join(f'{k},"글, {k}"\n' for k in range(10, 60))


@pytest.mark.parametrize(
    ("content", "texts", "bad", "first", "lost"),
    [
        ("id,text\n1,가, 나\n2,다\n", ["가, 나", "다"], 1, 2, 0),
        ("id,text\n" + "1,가, 나\n" * 100, ["가, 나"] * 100, 100, 2, 0),
        ("id,text,label\n1,가, 나,0\n2,다 라,1\n", ["가, 나", "다 라"], 1, 2, 0),
        ("id,text,label\n1,다 라,1\n2,가, 나,영\n", ["다 라"], 1, 3, 15),
        ("q,a,n\n무엇을 합니까,글을 여기에 씁니다,1\n무엇, 어디,여기 있습니다,2\n", ["글을 여기에 씁니다"], 1, 3, 37),
        ("id,text,label\n1,가,0\n2,나\n3,다,1\n", ["가", "나", "다"], 1, 3, 0),
        ('id,text\n1,가나다\n2,"라마바.\n3,사아자\n4,차카타\n', ["가나다", '"라마바.', "사아자", "차카타"], 1, 3, 0),
        ('id,text\n1,"가,\n나"\n2,"다.\n3,"라\n마"\n4,"바, 사"\n', ["가,\n나", '"다.', "라\n마", "바, 사"], 1, 4, 0),
        ('Q,A\n"가?","나, 다"\n"라?","마바.\n"사?","아, 자"\n', ["나, 다", '"마바.', "아, 자"], 1, 3, 0),
        ('id,text\n1,가\n2,"나\n다 라', ["가", '"나\n다 라'], 1, 3, 0),
        ('id,text\n1,가\n2,"나" 다\n3,라\n', ["가", '"나" 다', "라"], 1, 3, 0),
    ],
)
def test_what_does_not_fit_is_one_row(
    tmp_path: Path, content: str, texts: list[str], bad: int, first: int, lost: int
) -> None:
    for more in ("", GOOD) if content.startswith("id,text\n") and content.endswith("\n") else ("",):
        found, record = read(tmp_path, "a.csv", content + more)
        assert found == texts + [f"글, {k}" for k in range(10, 60)] * bool(more)
        assert (record.bad_records, record.first_bad_record, record.lost_bytes) == (bad, first, lost)
        assert record.mended_records == bad - bool(lost)


@pytest.mark.thorough
@pytest.mark.parametrize("ending", ["csv", pytest.param("tsv", marks=pytest.mark.thorough)])
def test_an_open_quote_in_a_large_file_costs_one_row(tmp_path: Path, ending: str) -> None:
    """Long after the sample, and with more after it than a row may have."""
    sep = "," if ending == "csv" else "\t"
    rows = [f'{k}{sep}"글{sep} ""{k}"" {"가" * 200}"\n' for k in range(30_000)]
    rows[5000] = f'5000{sep}"열린 글\n'
    found, record = read(tmp_path, f"a.{ending}", f"id{sep}text\n" + "".join(rows))
    assert len(found) == 30_000
    assert (found[5000], record.bad_records, record.first_bad_record) == ('"열린 글', 1, 5002)
    plain = [f"{k}{sep}글 {k} {'가' * 200}\n" for k in range(30_000)]
    found, record = read(
        tmp_path, f"b.{ending}", f'id{sep}text\n1{sep}"인용{sep} ""글""\n2"\n' + plain[0] + rows[5000] + "".join(plain)
    )
    assert (len(found), record.bad_records, record.first_bad_record) == (30_003, 1, 5)  # fmt: skip


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "text", ['"그는 ""좋다""고\n말했다."', '"그는 \\"좋다\\"고\n말했다."'], ids=["doubled", "backslash"]
)
@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_quotes_that_first_turn_up_late_are_judged_there(tmp_path: Path, ending: str, text: str) -> None:
    sep = "," if ending == "csv" else "\t"
    plain = "".join(f"{k}{sep}평범한 글 {k}\n" for k in range(SAMPLE_BYTES // 16))
    late = "".join(f"{k}{sep}{text}\n" for k in range(50))
    found, record = read(tmp_path, f"a.{ending}", f"id{sep}text\n{plain}{late}")
    assert found[-50:] == ['그는 "좋다"고\n말했다.'] * 50
    assert record.bad_records == 0


def test_quotes_that_open_again_and_again_do_not_read_the_rest_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuscheck.reading.formats.rows.LARGEST_ROW", 100_000)
    with in_time():
        found, record = read(tmp_path, "a.csv", "id,text\n" + '1,x",",y\n' * 100_000)
    assert len(found) + record.bad_records - record.mended_records + record.missing_text > 0


def test_a_row_that_does_not_fit_is_reported_with_its_line(tmp_path: Path) -> None:
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다")
    write_files(tmp_path / "corpus", {"a.csv": "q,a\n무엇을 합니까,글을 씁니다\n무엇, 어디,여기 있습니다, 네\n"})
    document = document_of(tmp_path / "corpus", tokenizer=vocabulary)
    (finding,) = (f for f in document["findings"] if f["rule"] == "CC104")
    assert "first at line 3" in finding["message"]
