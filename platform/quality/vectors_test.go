package quality

import (
	_ "embed"
	"encoding/json"
	"testing"

	"mulu"
)

//go:embed testdata/id-vectors.json
var vectorFile []byte

const testDay = 20261125

func TestVectorsOfIdentifiers(t *testing.T) {
	var v struct {
		Citizen struct {
			Valid     []string
			Invalid   []struct{ V string }
			Normalise []struct{ V string }
		} `json:"citizen_id_gb11643"`
		Credit struct{ Valid []string }    `json:"uscc_gb32100"`
		Card   struct{ Valid []string }    `json:"bank_card_luhn"`
		Plate  struct{ Examples []string } `json:"plate"`
		Admin  map[string]string           `json:"admin_code"`
	}
	if err := json.Unmarshal(vectorFile, &v); err != nil {
		t.Fatal(err)
	}
	good := func(format string, list ...string) {
		if len(list) == 0 {
			t.Errorf("no vectors of %s", format)
		}
		for _, s := range list {
			if n, why := formOf(format)(s, testDay); why != "" || n != s {
				t.Errorf("%s %q: %q %s", format, s, n, why)
			}
		}
	}
	good("citizen_id", v.Citizen.Valid...)
	good("credit_code", v.Credit.Valid...)
	good("bank_card", v.Card.Valid...)
	good("plate", v.Plate.Examples...)
	for _, code := range v.Admin {
		good("region", code)
	}
	for _, x := range v.Credit.Valid {
		good("org_code", x[8:17])
	}
	for _, x := range v.Citizen.Invalid {
		if n, why := formOf("citizen_id")(x.V, testDay); why == "" || n != x.V {
			t.Errorf("%q is taken for a citizen number", x.V)
		}
	}
	for _, x := range v.Citizen.Normalise {
		if n, why := formOf("citizen_id")(x.V, testDay); why != "" || n != x.V[:17]+"X" {
			t.Errorf("%q: %q %s", x.V, n, why)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, x := range []struct {
		format, v, normal string
		why               Reason
	}{
		{"citizen_id", "110102199003070018", "110102199003070018", ""},
		{"citizen_id", "１１０１０２１９９００３０７００１８", "110102199003070018", ""},
		{"citizen_id", "110102199003070019", "", CitizenCheck},
		{"citizen_id", "110102199002300010", "", CitizenDay},
		{"citizen_id", "110102900307001", "110102900307001", ""},
		{"citizen_id", "110102900230001", "", CitizenDay},
		{"citizen_id", "810000199408230021", "810000199408230021", ""},
		{"citizen_id", "810000199408230022", "", CitizenCheck},
		{"citizen_id", "810000999999990027", "810000999999990027", ""},
		{"citizen_id", "X10102199003070018", "", CitizenForm},
		{"credit_code", "91350100m000100y43", "91350100M000100Y43", ""},
		{"credit_code", "91350100M000100Y44", "", CreditCheck},
		{"credit_code", "91350100M000100I43", "", CreditForm},
		{"credit_code", "9135", "", CreditForm},
		{"org_code", "D2143569-X", "D2143569X", ""},
		{"org_code", "D21435691", "", OrgCheck},
		{"org_code", "D2143569", "", OrgForm},
		{"mobile", "138 0013-8000", "13800138000", ""},
		{"mobile", "+8613800138000", "13800138000", ""},
		{"mobile", "12800138000", "", Mobile},
		{"mobile", "1380013800", "", Mobile},
		{"phone", "010-88064567", "010-88064567", ""},
		{"phone", "01088064567", "01088064567", ""},
		{"phone", "（010）88064567", "010-88064567", ""},
		{"phone", "88064567", "88064567", ""},
		{"phone", "0311-8806456-123", "0311-8806456-123", ""},
		{"phone", "03118806456", "03118806456", ""},
		{"phone", "88064567转801", "88064567转801", ""},
		{"phone", "400-810-8888", "400-810-8888", ""},
		{"phone", "12345", "12345", ""},
		{"phone", "13800138000", "13800138000", ""},
		{"phone", "1", "", Phone},
		{"phone", "无", "", Phone},
		{"phone", "88064567转", "", Phone},
		{"bank_card", "6222 0202 0000 0000 014", "6222020200000000014", ""},
		{"bank_card", "6222020200000000015", "6222020200000000015", CardCheck},
		{"bank_card", "62220202", "", CardForm},
		{"passport", "e12345678", "E12345678", ""},
		{"passport", "EA1234567", "EA1234567", ""},
		{"passport", "EI1234567", "EI1234567", PassportForeign},
		{"passport", "G12345678", "G12345678", ""},
		{"passport", "PE1234567", "PE1234567", ""},
		{"passport", "D1234567", "D1234567", ""},
		{"passport", "X1234", "X1234", PassportForeign},
		{"passport", "护照", "", Passport},
		{"plate", "京A·12345", "京A12345", ""},
		{"plate", "京ad12345", "京AD12345", ""},
		{"plate", "京A1234挂", "京A1234挂", ""},
		{"plate", "京AI2345", "", Plate},
		{"plate", "京112345", "", Plate},
		{"plate", "京A123456", "", Plate},
		{"plate", "港A12345", "", Plate},
		{"postcode", "100032", "100032", ""},
		{"postcode", "10003", "", Postcode},
		{"region", "110102001", "110102001", ""},
		{"region", "110102001001", "110102001001", ""},
		{"region", "1101", "", Region},
		{"region", "990102", "", Region},
		{"longitude", "116.366", "116.366", ""},
		{"longitude", "39.91", "", OutsideChina},
		{"longitude", "121.47", "121.47", OutsideDistrict},
		{"longitude", "116°21′", "", Coordinate},
		{"latitude", "39.91", "39.91", ""},
		{"latitude", "116.366", "", OutsideChina},
		{"latitude", "39.980000001", "39.980000001", OutsideDistrict},
		{"email", "kxj@bjxch.gov.cn", "kxj@bjxch.gov.cn", ""},
		{"email", "a＠b.cn", "a@b.cn", ""},
		{"email", "a@b", "", Email},
		{"email", "a b@c.cn", "", Email},
		{"email", "a@b..cn", "", Email},
		{"email", "a@b@c.cn", "", Email},
		{"email", "@b.cn", "", Email},
	} {
		n, why := formOf(x.format)(x.v, testDay)
		if x.normal == "" {
			x.normal = x.v
		}
		if why != x.why || n != x.normal {
			t.Errorf("%s %q: %q %q, want %q %q", x.format, x.v, n, why, x.normal, x.why)
		}
	}
}

func TestNamesTellFormats(t *testing.T) {
	for _, x := range []struct{ name, typ, want string }{
		{"公民身份号码", "C", "citizen_id"}, {"男方身份号码", "C", "citizen_id"}, {"法定代表人身份证号", "C", "citizen_id"}, {"统一社会信用代码", "C", "credit_code"},
		{"统一社会信用代码或组织机构代码", "C", ""}, {"身份证号或护照号", "C", ""}, {"证件号码", "C", ""}, {"手机号码", "C", "mobile"}, {"手机型号", "C", ""},
		{"移动电话", "C", "phone"}, {"手机号或固定电话", "C", "phone"}, {"招生电话", "C", "phone"}, {"电话费", "C", ""}, {"经度", "N", "longitude"}, {"经度", "C", "longitude"},
		{"经度范围", "C", ""}, {"手机号码", "I", ""}, {"是否有身份证号", "L", ""}, {"姓名", "C", ""}, {"备注（含手机号）", "M", ""},
	} {
		if got := Guess(mulu.Item{Name: x.name, Type: x.typ}); got != x.want {
			t.Errorf("%s %s: %q", x.name, x.typ, got)
		}
	}
}
