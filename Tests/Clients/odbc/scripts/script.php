<?php
// The script through PDO_ODBC: `php script.php CONNECTION-STRING`. PDO has neither catalog
// functions nor parameter arrays nor a cancel: rows go one by one, the rest is left out.

function show(string $step, array $values): void
{
    $texts = array_map(fn ($value) => $value === null ? "NULL" : (string)$value, $values);
    echo $step, "=", implode("|", $texts), "\n";
}

function state_of(PDO $db, string $sql): string
{
    try {
        $db->query($sql);
    } catch (PDOException $error) {
        return (string)$error->getCode();
    }
    return "no error";
}

$table = getenv("SCRIPT_TABLE");
$db = new PDO("odbc:" . $argv[1]);
$db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
show("connect", ["yes"]);
foreach (["SCRIPT_CREATE", "SCRIPT_FILL_1", "SCRIPT_FILL_2"] as $statement) {
    $db->exec(getenv($statement));
}
foreach ($db->query("SELECT * FROM $table ORDER BY I", PDO::FETCH_NUM) as $row) {
    show("row", $row);
}
$insert = $db->prepare("INSERT INTO $table VALUES (?, ?, ?, ?, ?, ?)");
$insert->execute([3, "naïve €\u{1F600}", "12.34", 0.25, "2000-02-29", "2000-02-29 01:02:03"]);
$insert->execute([4, null, null, null, null, null]);
$select = $db->prepare("SELECT * FROM $table WHERE I = ?");
foreach ([3, 4] as $number) {
    $select->execute([$number]);
    show("parameters", $select->fetch(PDO::FETCH_NUM));
    $select->closeCursor();
}
$insert = $db->prepare("INSERT INTO $table (I, T) VALUES (?, ?)");
$db->beginTransaction();
for ($i = 0; $i < 500; $i++) {
    $insert->execute([100 + $i, $i % 5 === 0 ? null : "näme $i"]);
}
$db->commit();
show("singles", $db->query("SELECT COUNT(*), COUNT(T), MAX(I) FROM $table WHERE I >= 100")
    ->fetch(PDO::FETCH_NUM));
$db->beginTransaction();
$db->exec("DELETE FROM $table WHERE I < 100");
$db->rollBack();
show("rollback", [$db->query("SELECT COUNT(*) FROM $table WHERE I < 100")->fetchColumn()]);
show("error", [state_of($db, getenv("SCRIPT_MISSING"))]);
$db->exec("DROP TABLE $table");
