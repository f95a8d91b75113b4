//! The users of the three companies, with their registrations.

use serde_json::{Map, Value, json};

use super::{
    applications::{APPLICATIONS, Application},
    clock,
    dice::Dice,
    ids::{AVIATO_TENANT_ID, HOOLI_TENANT_ID},
    request::{APPLICATION, USER, id},
    secrets::{ERLICH_PASSWORD, GAVIN_PASSWORD, GILFOYLE_PASSWORD, RICHARD_PASSWORD},
};
use crate::{installation::DEFAULT_TENANT_ID, step::Step};

struct Company {
    tenant_id: &'static str,
    domain: &'static str,
    /// First name, last name, and the part of the email address before the `@`.
    named: &'static [(&'static str, &'static str, &'static str)],
    size: usize,
}

static COMPANIES: &[Company] = &[
    Company {
        tenant_id: DEFAULT_TENANT_ID,
        domain: "piedpiper.example",
        named: &[
            ("Richard", "Hendricks", "richard"),
            ("Jared", "Dunn", "jared"),
            ("Bertram", "Gilfoyle", "gilfoyle"),
            ("Dinesh", "Chugtai", "dinesh"),
            ("Monica", "Hall", "monica"),
            ("Carla", "Walton", "carla"),
            ("Holden", "Pierce", "holden"),
            ("Jian", "Yang", "jian"),
        ],
        size: 60,
    },
    Company {
        tenant_id: HOOLI_TENANT_ID,
        domain: "hooli.example",
        named: &[("Gavin", "Belson", "gavin"), ("Nelson", "Bighetti", "bighead"), ("Denpok", "Singh", "denpok")],
        size: 40,
    },
    Company {
        tenant_id: AVIATO_TENANT_ID,
        domain: "aviato.example",
        named: &[("Erlich", "Bachman", "erlich"), ("Russ", "Hanneman", "russ")],
        size: 20,
    },
];

// The two lists are walked side by side. Their lengths have no common factor, so no pair comes twice.
const FIRST_NAMES: [&str; 37] = [
    "Ada", "Amir", "Beatriz", "Caleb", "Chiara", "Daniel", "Elena", "Farid", "Grace", "Hannah", "Ibrahim", "Ines",
    "Jonas", "Kavya", "Kenji", "Leila", "Liam", "Lucia", "Marcus", "Mei", "Nadia", "Noah", "Olga", "Omar", "Paulina",
    "Priya", "Quentin", "Rosa", "Samuel", "Sofia", "Tariq", "Theo", "Uma", "Viktor", "Wanda", "Yusuf", "Zoe",
];
const LAST_NAMES: [&str; 41] = [
    "Abbott", "Baker", "Castillo", "Chen", "Dubois", "Eriksen", "Farouk", "Fischer", "Garcia", "Gupta", "Haddad",
    "Hoffmann", "Ivanova", "Jansen", "Kato", "Keller", "Kowalski", "Larsen", "Lopez", "Mancini", "Meyer", "Moreau",
    "Nakamura", "Novak", "Okafor", "Olsen", "Patel", "Petrov", "Quinn", "Rahman", "Rossi", "Santos", "Schmid", "Silva",
    "Tanaka", "Thompson", "Ueda", "Vasquez", "Weber", "Young", "Zhang",
];

/// The users, company by company.
pub fn people() -> Vec<(u64, Step)> {
    let mut dice = Dice(2014);
    let mut names = FIRST_NAMES.iter().copied().cycle().zip(LAST_NAMES.iter().copied().cycle());
    let mut steps = Vec::new();
    let mut number = 0;
    for company in COMPANIES {
        let mut named = company.named.iter();
        for _ in 0..company.size {
            number += 1;
            let person = match named.next() {
                Some(&(first, last, handle)) => Some((first, last, handle.to_owned(), true)),
                None => names
                    .next()
                    .map(|(first, last)| (first, last, format!("{first}.{last}").to_ascii_lowercase(), false)),
            };
            if let Some((first, last, handle, is_named)) = person {
                let user = user(company, number, first, last, &handle, &mut dice);
                let steps_of_one = registrations(company, number, user, is_named, &mut dice);
                let instant = registered_at(number, is_named);
                steps.extend(steps_of_one.into_iter().map(|step| (instant, step)));
            }
        }
    }
    steps
}

/// When somebody is registered: those with a name of their own in the first week, the others over four months.
pub fn registered_at(number: u32, is_named: bool) -> u64 {
    let number = u64::from(number);
    let day = if is_named { number % 7 } else { number * 53 % 120 };
    clock::day(day) + number * 7 % 24 * clock::HOUR
}

fn password(number: u32) -> Option<&'static str> {
    match number {
        1 => Some(RICHARD_PASSWORD),
        3 => Some(GILFOYLE_PASSWORD),
        61 => Some(GAVIN_PASSWORD),
        101 => Some(ERLICH_PASSWORD),
        _ => None,
    }
}

fn user(company: &Company, number: u32, first: &str, last: &str, handle: &str, dice: &mut Dice) -> Value {
    let mut user = Map::new();
    let mut set = |property: &str, value: Value| {
        user.insert(property.to_owned(), value);
    };
    set("email", json!(format!("{handle}@{}", company.domain)));
    set("firstName", json!(first));
    set("lastName", json!(last));
    if let Some(password) = password(number) {
        set("password", json!(password));
    }
    if number == 3 {
        let method = json!({ "id": "M3TH", "method": "email", "email": format!("{handle}@{}", company.domain) });
        set("twoFactor", json!({ "methods": [method] }));
    }
    if dice.below(3) == 0 {
        let (year, month, day) = (1960 + dice.below(42), 1 + dice.below(12), 1 + dice.below(28));
        set("birthDate", json!(format!("{year}-{month:02}-{day:02}")));
    }
    if dice.below(3) == 0 {
        set("mobilePhone", json!(format!("+1650555{:04}", 1000 + number)));
    }
    if dice.below(4) == 0 {
        set("username", json!(handle));
    }
    if dice.below(3) == 0 {
        let language = dice.one_of(&["de", "es", "fr", "it", "ja", "pt_BR"]);
        set("preferredLanguages", json!(["en", language]));
    }
    if dice.below(4) == 0 {
        set(
            "timezone",
            json!(dice.one_of(&["America/Los_Angeles", "America/New_York", "Europe/Zurich", "Asia/Tokyo"])),
        );
    }
    if dice.below(2) == 0 {
        let department = dice.one_of(&["engineering", "finance", "legal", "operations", "sales"]);
        set(
            "data",
            json!({ "department": department, "employeeNumber": 1000 + number, "isRemote": dice.below(2) == 0 }),
        );
    }
    Value::Object(user)
}

/// The request that makes a user with a registration, and perhaps one for a second registration.
fn registrations(company: &Company, number: u32, user: Value, is_named: bool, dice: &mut Dice) -> Vec<Step> {
    let applications: Vec<&Application> =
        APPLICATIONS.iter().filter(|application| application.tenant_id == company.tenant_id).collect();
    let Some((main, others)) = applications.split_first() else { return Vec::new() };
    let target = format!("/api/user/registration/{}", id(USER, number));
    let first = registration(main, is_named, dice);
    let asks_for_password = user.get("password").is_none();
    let mut steps = vec![
        Step::post(
            target.clone(),
            json!({
                "user": user, "registration": first, "skipVerification": true, "skipRegistrationVerification": true,
                "sendSetPasswordEmail": asks_for_password
            }),
        )
        .in_tenant(company.tenant_id),
    ];
    let choice = dice.below(u32::try_from(others.len()).unwrap_or_default()) as usize;
    if dice.below(3) == 0
        && let Some(other) = others.get(choice)
    {
        let second = registration(other, is_named, dice);
        steps.push(
            Step::post(target, json!({ "registration": second, "skipRegistrationVerification": true }))
                .in_tenant(company.tenant_id),
        );
    }
    steps
}

fn registration(application: &Application, is_named: bool, dice: &mut Dice) -> Value {
    let mut roles: Vec<&str> = application.roles.last().copied().into_iter().collect();
    if is_named {
        roles = application.roles.first().copied().into_iter().collect();
    } else if dice.below(4) == 0 && application.roles.len() > 2 {
        roles.extend(application.roles.get(1).copied());
    }
    let mut registration = Map::new();
    registration.insert("applicationId".to_owned(), json!(id(APPLICATION, application.number)));
    registration.insert("roles".to_owned(), json!(roles));
    if dice.below(5) == 0 {
        registration.insert("data".to_owned(), json!({ "team": dice.one_of(&["engineering", "operations", "sales"]) }));
    }
    Value::Object(registration)
}
