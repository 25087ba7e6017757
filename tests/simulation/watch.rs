//! What must hold, whatever happens: what is known of each grant, and what is wrong about an answer
//! or about what a Ledger has done.

use std::{collections::BTreeMap, rc::Rc};

use gatelodge::{
    ledger::{
        admission::Admission,
        command::{GrantAnswer, GrantCommand},
        minting::{ExposedTokens, Tokens},
        revocation::{Revocation, Revoked},
        rotation::RotationRefusal,
    },
    oauth::grant::{Generation, GrantId},
};

use super::{
    coverage::{Coverage, REPLACED},
    errand::Errand,
    life::{Life, Over, family_of, is_over, second_redemption},
    network::Asker,
    storage::Obeyed,
    universe::Began,
};
use crate::support::exchange::Answer;

/// `docs/security.md` promises that a revoked grant is not admitted for longer.
const REVOCATION_BOUND: u64 = 30;

#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) lives: BTreeMap<String, Life>,
    /// The grant and generation of each token.
    pub(crate) issued: BTreeMap<String, (GrantId, Generation)>,
    errands: BTreeMap<Asker, Errand>,
    /// How often the world failed a request.
    failures: BTreeMap<Asker, u32>,
    /// What a request has revoked so far; no generation, when it is the whole grant.
    revoked: BTreeMap<Asker, Vec<(GrantId, Option<Generation>)>>,
}

impl Watch {
    pub(crate) fn sends(&mut self, number: Asker, errand: &Errand) {
        self.errands.insert(number, errand.clone());
    }

    pub(crate) fn failed(&mut self, number: Asker) {
        *self.failures.entry(number).or_default() += 1;
    }

    pub(crate) fn life(&mut self, grant: &GrantId) -> &mut Life {
        self.lives.entry(grant.as_str().to_owned()).or_default()
    }

    /// Why the holder of a token may be refused, apart from its age.
    pub(crate) fn excuse(&self, token: &str) -> Option<&'static str> {
        let (grant, generation) = self.issued.get(token)?;
        let life = self.lives.get(grant.as_str())?;
        let is_access = life.access_tokens.iter().any(|(_, known)| known == token);
        if is_access && Some(*generation) <= life.revoked_access {
            return Some("it was revoked");
        }
        life.excuse
    }

    /// A Ledger has obeyed a request.
    pub(crate) fn obeyed(
        &mut self,
        number: Asker,
        obeyed: Obeyed,
        now: u64,
        coverage: &mut Coverage,
    ) -> Result<(), String> {
        let Obeyed {
            grant,
            command,
            before,
            after,
            answer,
            ..
        } = obeyed;
        let errand = self
            .errands
            .get(&number)
            .cloned()
            .unwrap_or(Errand::Ordinary);
        let event = coverage.obeyed(&answer, before.as_ref(), after.as_ref());
        if let (REPLACED, Some(lost)) = (event, before.as_ref().and_then(family_of)) {
            self.life(&grant).replaced(lost, now)?;
        }
        if let Errand::Wrong(what) = errand
            && before != after
        {
            return Err(format!(
                "a wrong attempt changes nothing: {what}: {before:?} → {after:?}"
            ));
        }
        if errand.is_stolen() {
            self.life(&grant).forgive("a thief was at it");
        }
        match (&command, answer) {
            (_, GrantAnswer::Opened(Ok(()))) => {
                let client = after.map(|after| after.authorization.client.client_id);
                let client_id = client.unwrap_or_default();
                let life = self.life(&grant);
                life.client_id = client_id;
                life.openings += 1;
                if life.openings > 1 {
                    return Err("one approval opens one grant: it was opened again".into());
                }
            }
            (GrantCommand::Admit(generation), GrantAnswer::Judged(Admission::Admitted { .. })) => {
                self.life(&grant).used.push(*generation);
            }
            (_, GrantAnswer::Redeemed(Ok(tokens))) => {
                self.issue(&grant, Generation::FIRST, tokens);
                let life = self.life(&grant);
                life.redemptions += 1;
                if life.redemptions > 1 {
                    return Err("a code is redeemed once: it was redeemed again".into());
                }
            }
            (GrantCommand::Redeem(_), GrantAnswer::Redeemed(Err(_))) => {
                if matches!(errand, Errand::Redeem { .. }) {
                    second_redemption(before.as_ref(), after.as_ref())?;
                }
            }
            (_, GrantAnswer::Rotated(Ok(tokens))) => {
                let family = after.as_ref().and_then(family_of);
                let family = family.ok_or("a grant that is over rotates nothing")?;
                self.issue(&grant, family.current, tokens);
            }
            (_, GrantAnswer::Rotated(Err(RotationRefusal::Replayed)))
                if !is_over(after.as_ref()) =>
            {
                return Err("a replay ends the grant: it lives".into());
            }
            (GrantCommand::Revoke(revocation), GrantAnswer::Revoked(Ok(Revoked::Grant))) => {
                let is_over = is_over(after.as_ref());
                let generation = match revocation {
                    Revocation::AccessToken { generation, .. } => Some(*generation),
                    Revocation::ByOwner | Revocation::RefreshToken { .. } => None,
                };
                if is_over || generation.is_some() {
                    let revoked = self.revoked.entry(number).or_default();
                    revoked.push((grant.clone(), generation.filter(|_| !is_over)));
                }
                let life = self.life(&grant);
                life.revoked_access = life.revoked_access.max(generation);
                if is_over {
                    life.forgive("it was revoked");
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A request was answered, whether its client hears it or not.
    pub(crate) fn answered(
        &mut self,
        number: Asker,
        errand: &Errand,
        began: &Began,
        answer: &Answer,
        (now, latest): (u64, Asker),
    ) -> Result<(), String> {
        self.is_proper(number, answer)?;
        match errand {
            Errand::Call { token, .. } if answer.status == 200 => {
                self.may_call(token, number, began)
            }
            Errand::Refresh { token, .. } if answer.status == 200 => {
                self.may_refresh(token, number)
            }
            Errand::Revoke if matches!(answer.status, 200 | 303) => {
                self.is_over(number, began, (now, latest));
                Ok(())
            }
            Errand::Wrong(what) if answer.text().contains("\"access_token\"") => {
                Err(format!("a wrong attempt is refused: {what}"))
            }
            Errand::Anonymous
            | Errand::Call { .. }
            | Errand::Ordinary
            | Errand::Redeem { .. }
            | Errand::Refresh { .. }
            | Errand::Revoke
            | Errand::Wrong(_) => Ok(()),
        }
    }

    fn is_proper(&self, number: Asker, answer: &Answer) -> Result<(), String> {
        if answer.status == 503 {
            if answer.header("retry-after").is_none() {
                return Err("a 503 says when to come back: this one does not".into());
            }
            if answer.text().contains("_token\":") {
                return Err("a 503 carries no token: this one does".into());
            }
            if !self.failures.contains_key(&number) {
                return Err("only an outage is a 503: nothing has failed".into());
            }
        } else if answer.status >= 500 {
            return Err(format!("no answer is a {}", answer.status));
        }
        Ok(())
    }

    fn may_call(&self, token: &str, number: Asker, began: &Began) -> Result<(), String> {
        let Some((grant, generation)) = self.issued.get(token) else {
            return Err("only tokens of ours are admitted".into());
        };
        let life = &self.lives[grant.as_str()];
        for (void, since, dead_at) in &life.void {
            let is_void = (since + REVOCATION_BOUND..*dead_at).contains(&began.at);
            if void == generation && is_void {
                return Err("what was replaced as lost is void: admitted".into());
            }
        }
        let ended = life.ended.iter().filter(|(ended, _)| generation <= ended);
        let over = ended.map(|(_, over)| over).chain(&life.over);
        for over in over {
            if began.at >= over.at + REVOCATION_BOUND {
                let since = began.at - over.at;
                return Err(format!(
                    "revoked is refused everywhere after {REVOCATION_BOUND} s: admitted {since} s after it"
                ));
            }
            let here = over
                .isolates
                .iter()
                .any(|isolate| Rc::ptr_eq(isolate, &began.isolate));
            if number > over.after && here {
                return Err("revoked is refused at once where it was revoked: admitted".into());
            }
        }
        Ok(())
    }

    fn may_refresh(&self, token: &str, number: Asker) -> Result<(), String> {
        let Some((grant, _)) = self.issued.get(token) else {
            return Err("only tokens of ours are rotated".into());
        };
        match &self.lives[grant.as_str()].over {
            Some(over) if number > over.after => {
                Err("revoked is over for ever: its refresh token was rotated".into())
            }
            _ => Ok(()),
        }
    }

    /// A revocation was answered.
    fn is_over(&mut self, number: Asker, began: &Began, (at, after): (u64, Asker)) {
        for (grant, generation) in self.revoked.remove(&number).unwrap_or_default() {
            let life = self.life(&grant);
            let new = Over {
                at,
                after,
                isolates: vec![began.isolate.clone()],
            };
            match (generation, &mut life.over) {
                (Some(generation), _) => life.ended.push((generation, new)),
                (None, Some(over)) => over.isolates.extend(new.isolates),
                (None, none) => *none = Some(new),
            }
        }
    }

    fn issue(&mut self, grant: &GrantId, generation: Generation, tokens: ExposedTokens) {
        let tokens = Tokens::from(tokens);
        let access = tokens.access_token.expose().to_owned();
        let refresh = tokens.refresh_token.map(|token| token.expose().to_owned());
        let life = self.life(grant);
        if !life.access_tokens.iter().any(|(_, known)| *known == access) {
            life.access_tokens.push((generation, access.clone()));
            life.refresh_tokens
                .extend(refresh.clone().map(|token| (generation, token)));
        }
        for token in [Some(access), refresh].into_iter().flatten() {
            self.issued.insert(token, (grant.clone(), generation));
        }
    }
}
